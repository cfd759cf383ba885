import { evaluateBundle } from '../../loader/bundle/evaluateBundle.ts';
import type { LeftBehind } from '../../protocol/workerMessages.ts';
import type { RecordingOptions } from '../../protocol/recording.ts';
import type { ModelQuestions } from '../models.ts';
import { Recorder } from '../recording/recorder.ts';
import { redactorOf } from '../redact.ts';
import { Asker } from '../requests.ts';
import { captureConsole } from './captureConsole.ts';
import { EventSender } from './eventSender.ts';
import { GraphJob, type Channel, type OwnHost } from './graphJob.ts';
import { ServeJob } from './serveJob.ts';
import { TestJob } from './testJob.ts';
import { ModelRelay } from './modelRelay.ts';
import { ThreadModels } from './threadModels.ts';
import type { TaskSource } from '../taskMain.ts';
import { warmUp } from './warmUp.ts';
import type { FromThread, ShippedUrls, ToThread } from '../workerThread.ts';

type RunMessage = Extract<ToThread, { type: 'run' }>;

/**
 * Does the jobs of this thread, or of this process, which is theirs alone: takes hold of its console, its
 * errors and its environment.
 * @param options.events Where events are put.
 * @param options.host Of the runs.
 * @param options.taskScript URL of the script of worker threads; without it nodes find none.
 * @returns What is to be called with each message of the host.
 */
export function serveJobs({
  shipped,
  post,
  events,
  host = {},
  taskScript,
}: {
  readonly shipped: ShippedUrls;
  readonly post: (message: FromThread) => void;
  readonly events: ConstructorParameters<typeof EventSender>[0];
  readonly host?: OwnHost;
  readonly taskScript?: string;
}): (message: ToThread) => void {
  const asker = new Asker<ModelQuestions>(post);
  let models: ThreadModels | undefined;
  /** For the worker threads of the run. */
  let relay: ModelRelay | undefined;
  let warming: Promise<void> | undefined;
  const redactor = redactorOf(process.env);
  const sender = new EventSender(events, { ring: () => post({ type: 'events' }), redactor });

  const channel: Channel = {
    post,
    send(event) {
      flushConsole();
      sender.send(event);
    },
    close() {
      flushConsole({ isEnd: true });
      sender.close();
    },
  };
  const job = new GraphJob(channel, redactor, shipped, {
    host,
    workers(code) {
      if (taskScript === undefined || relay === undefined) return undefined;
      const source: TaskSource = { ...code, models: relay.options };
      const exports = () => evaluateBundle(code.bundle);
      return { script: taskScript, source, exports, serve: relay.serve };
    },
  });

  const tests = new TestJob(channel, redactor, shipped, host.clock);
  const serving = new ServeJob(channel, redactor, shipped);
  const currentTask = () => job.currentTask() ?? tests.currentTask() ?? serving.currentTask();

  const flushConsole = captureConsole({
    currentTask,
    openEnd: (text) => redactor.openEnd(text),
    write(level, text, task) {
      if (tests.isUnderWay) return tests.write(text);
      if (serving.isUnderWay) return serving.write(level, text, task);
      sender.send({ type: 'console', time: job.now(), level, text, ...(task && { task }) });
    },
  });

  process.on('uncaughtException', (error) => {
    if (isHandledByUser('uncaughtException')) return;
    const message = `an exception was thrown that no node could catch, in a timer, listener or callback: ${reasonText(error)}`;
    if (serving.isUnderWay) return serving.tellFault(message);
    job.crash('UNCAUGHT_EXCEPTION', message, error);
  });
  process.on('unhandledRejection', (reason) => {
    if (isHandledByUser('unhandledRejection')) return;
    const message = `a promise was rejected and nothing awaited it (await it, or add a catch): ${reasonText(reason)}`;
    if (serving.isUnderWay) return serving.tellFault(message);
    job.crash('UNHANDLED_REJECTION', message, reason);
  });
  process.on('exit', (exitCode) => {
    const message = `process.exit(${exitCode}) was called, which ends the whole run: return or throw instead`;
    job.crash('PROCESS_EXIT', message);
  });

  const handlers: {
    [T in ToThread['type']]: (message: Extract<ToThread, { type: T }>) => unknown;
  } = {
    describe(message) {
      prepare(message.env);
      return job.describe(message, leftBehind);
    },
    listThreads(message) {
      prepare(message.env);
      return job.listThreads(message);
    },
    readThread(message) {
      prepare(message.env);
      return job.readThread(message);
    },
    readHistory(message) {
      prepare(message.env);
      return job.readHistory(message);
    },
    run(message) {
      const recorder = message.recording && recorderOf(message.recording, message);
      prepare(message.env, { recorder, models: message.models });
      return job.run(message);
    },
    test(message) {
      const { recording, bundle } = message;
      const recorder = new Recorder(recording, {
        redactor,
        graph: () => ({ file: bundle.file, exportName: tests.cassette }),
        currentTask,
        refuse: () => tests.refuse(),
      });
      prepare(message.env, { recorder, models: message.models });
      return tests.run(message, () => recorder.startOver());
    },
    serve(message) {
      prepare(message.env, { recorder: undefined, models: message.models });
      return serving.run(message);
    },
    // Whoever imports what cannot be loaded hears of it there.
    warmUp: () => (warming ??= warmUp(shipped).catch(() => {})),
    stop: () => (serving.isUnderWay ? serving.stop() : job.stop()),
    part: (message) => asker.onMessage(message),
    answered: (message) => asker.onMessage(message),
  };
  /** Sets what user code finds in its thread; the environment is a copy of the host's. */
  function prepare(
    env: Readonly<Record<string, string>>,
    run?: { readonly recorder: Recorder | undefined; readonly models: RunMessage['models'] },
  ): void {
    // The file may have changed its environment while it was loaded.
    if (!models) Object.assign(process.env, env);
    redactor.addEnvironment(env);
    const { recorder } = run ?? {};
    recorder?.install();
    const onKey = (key: string) => redactor.add(key);
    models = new ThreadModels(run?.models, { asker, post, onKey, recorder });
    models.install();
    relay = new ModelRelay(models, recorder);
  }

  function recorderOf(options: RecordingOptions, { bundle, exportName }: RunMessage): Recorder {
    return new Recorder(options, {
      redactor,
      graph: () => ({ file: bundle.file, exportName: job.exportName ?? exportName ?? 'graph' }),
      currentTask,
    });
  }

  /** What the file that was loaded last has left behind. */
  function leftBehind(): LeftBehind {
    if (models?.hasRefused) return 'refusal';
    return process.getActiveResourcesInfo().every((name) => QUIET.has(name))
      ? 'nothing'
      : 'activity';
  }

  return (message) => void (handlers[message.type] as (given: ToThread) => unknown)(message);
}

/** Requests to the file system come to their end by themselves; the port is ours. */
const QUIET = new Set(['MessagePort', 'CloseReq', 'FSReqCallback', 'FSReqPromise', 'Immediate']);

/** Ours is one listener; with one of the user's own, the error is the user's business. */
function isHandledByUser(event: 'uncaughtException' | 'unhandledRejection'): boolean {
  return process.listenerCount(event) > 1;
}

function reasonText(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

import { parentPort, workerData } from 'node:worker_threads';
import type { LeftBehind } from '../protocol/workerMessages.ts';
import type { ModelQuestions } from './models.ts';
import { redactorOf } from './redact.ts';
import { Asker } from './requests.ts';
import { captureConsole } from './worker/captureConsole.ts';
import { EventSender } from './worker/eventSender.ts';
import { GraphJob, type Channel } from './worker/graphJob.ts';
import { ThreadModels } from './worker/threadModels.ts';
import { warmUp } from './worker/warmUp.ts';
import type { FromThread, ThreadStart, ToThread } from './workerThread.ts';

const start = workerData as ThreadStart;
const host = parentPort!;
const post = (message: FromThread) => host.postMessage(message);
const asker = new Asker<ModelQuestions>(post);
let models: ThreadModels | undefined;
let warming: Promise<void> | undefined;
const redactor = redactorOf(process.env);
const sender = new EventSender(start, { ring: () => post({ type: 'events' }), redactor });

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
const job = new GraphJob(channel, redactor, start.shipped);

const flushConsole = captureConsole({
  currentTask: () => job.currentTask(),
  openEnd: (text) => redactor.openEnd(text),
  write(level, text, task) {
    sender.send({ type: 'console', time: job.now(), level, text, ...(task && { task }) });
  },
});

process.on('uncaughtException', (error) => {
  if (isHandledByUser('uncaughtException')) return;
  const message = `an exception was thrown that no node could catch, in a timer, listener or callback: ${reasonText(error)}`;
  job.crash('UNCAUGHT_EXCEPTION', message, error);
});
process.on('unhandledRejection', (reason) => {
  if (isHandledByUser('unhandledRejection')) return;
  const message = `a promise was rejected and nothing awaited it (await it, or add a catch): ${reasonText(reason)}`;
  job.crash('UNHANDLED_REJECTION', message, reason);
});
process.on('exit', (exitCode) => {
  const message = `process.exit(${exitCode}) was called, which ends the whole run: return or throw instead`;
  job.crash('PROCESS_EXIT', message);
});

const handlers: { [T in ToThread['type']]: (message: Extract<ToThread, { type: T }>) => unknown } =
  {
    describe(message) {
      prepare(message.env, undefined);
      return job.describe(message, leftBehind);
    },
    listThreads(message) {
      prepare(message.env, undefined);
      return job.listThreads(message);
    },
    readThread(message) {
      prepare(message.env, undefined);
      return job.readThread(message);
    },
    readHistory(message) {
      prepare(message.env, undefined);
      return job.readHistory(message);
    },
    run(message) {
      prepare(message.env, message.models);
      return job.run(message);
    },
    // Whoever imports what cannot be loaded hears of it there.
    warmUp: () => (warming ??= warmUp(start.shipped).catch(() => {})),
    stop: () => job.stop(),
    part: (message) => asker.onMessage(message),
    answered: (message) => asker.onMessage(message),
  };
host.on('message', <T extends ToThread['type']>(message: Extract<ToThread, { type: T }>) => {
  void handlers[message.type](message);
});

// What graph files import first of all; so that it is there when the job comes.
import(start.shipped.superstep).catch(() => {});

/** Sets what user code finds in its thread; the environment is a copy of the host's. */
function prepare(
  env: Readonly<Record<string, string>>,
  offered: Extract<ToThread, { type: 'run' }>['models'],
): void {
  // The file may have changed its environment while it was loaded.
  if (!models) Object.assign(process.env, env);
  redactor.addEnvironment(env);
  models = new ThreadModels(offered, { asker, post, onKey: (key) => redactor.add(key) });
  models.install();
}

/** Requests to the file system come to their end by themselves; the port is ours. */
const QUIET = new Set(['MessagePort', 'CloseReq', 'FSReqCallback', 'FSReqPromise', 'Immediate']);

/** What the file that was loaded last has left behind. */
function leftBehind(): LeftBehind {
  if (models?.hasRefused) return 'refusal';
  return process.getActiveResourcesInfo().every((name) => QUIET.has(name)) ? 'nothing' : 'activity';
}

/** Ours is one listener; with one of the user's own, the error is the user's business. */
function isHandledByUser(event: 'uncaughtException' | 'unhandledRejection'): boolean {
  return process.listenerCount(event) > 1;
}

function reasonText(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

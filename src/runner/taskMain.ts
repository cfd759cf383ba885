/** The script of worker threads for nodes and tasks with `thread: true`: loads the bundle of the run. */
import { pack, packError } from '../engine/run/sending.ts';
import { serveTasks } from '../engine/run/workers/threadServer.ts';
import { evaluateBundle } from '../loader/bundle/evaluateBundle.ts';
import { MODEL_HOST, type ModelHost } from '../openai/modelHost.ts';
import { redactorOf } from './redact.ts';
import { Asker } from './requests.ts';
import { captureConsole } from './worker/captureConsole.ts';
import type { TaskCode } from './worker/graphJob.ts';
import { loadGraphs, type RunnableGraph } from './worker/graphFile.ts';
import { TaskModels, type TaskModelOptions, type TaskQuestions } from './worker/taskModels.ts';

/** What such a thread is told. */
export interface TaskSource extends TaskCode {
  readonly models: TaskModelOptions;
}

let graphs: readonly RunnableGraph[] = [];
const currentTask = () => graphs[0]?.handle.currentTask();
const redactor = redactorOf(process.env);
// Where what belongs to no task goes, as it would without us.
const stdout = process.stdout.write.bind(process.stdout);
const stderr = process.stderr.write.bind(process.stderr);

let asker = newAsker();
const flushConsole = captureConsole({
  currentTask,
  openEnd: (text) => redactor.openEnd(text),
  write(level, text, task) {
    if (!task) return void (level === 'error' || level === 'warn' ? stderr : stdout)(`${text}\n`);
    const event = pack({ type: 'console', level, text, task }, 'a line');
    thread.post({ type: 'news', news: { type: 'event', event } });
  },
});

const thread = serveTasks({
  async load(source) {
    const { bundle, exportName, models } = source as TaskSource;
    const host = new TaskModels(models, { asker: () => asker, currentTask });
    (globalThis as { [MODEL_HOST]?: ModelHost })[MODEL_HOST] = host;
    host.install();
    graphs = await loadGraphs(bundle, { only: { exportName } });
    return evaluateBundle(bundle);
  },
  toFailure: (thrown) => ({ status: 'unloadable', ...packError(thrown) }),
  onMessage: (message) => asker.onMessage(message as never),
  onEnd() {
    flushConsole({ isEnd: true });
    // Whoever still waits for an answer waits in vain: nobody is left who would give it.
    asker = newAsker();
  },
});

function newAsker(): Asker<TaskQuestions> {
  return new Asker((message) => {
    if (!thread.isBusy) throw new Error('Models answer on a worker thread only while a task runs');
    thread.post({ type: 'host', message });
  });
}

// Sends what `invoke` is asked through advance and runTask, over texts as between machines.
import type { Checkpointer } from '../../src/engine/index.ts';
import { CompiledStateGraph } from '../../src/engine/graph/compiledGraph.ts';
import { currentFrame } from '../../src/engine/run/runContext.ts';
import { unpack } from '../../src/engine/run/sending.ts';
import {
  drive,
  readAdvanced,
  runTask,
  type RemoteTask,
  type StoredThread,
} from '../../src/remote/index.ts';

type Invoke = (input: unknown, config?: any) => Promise<unknown>;

/** What only a run in this process can do. */
const LOCAL = [
  ...['signal', 'onEvent', 'callbacks', 'runName', 'runId', 'store', 'cache', 'control'],
  ...['streamMode', 'subgraphs', 'durability'],
];

/** Stored threads, as texts, by what they are kept with. */
const threads = new WeakMap<object, Map<string, string>>();

const sent = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** How many tasks went that way. */
export let tasksSent = 0;

const prototype = CompiledStateGraph.prototype as unknown as { invoke: Invoke };
const here = prototype.invoke;

/** Lets graphs that are called from outside run that way from now on, wherever that is possible. */
export function goThirdWay(): void {
  prototype.invoke = function (this: CompiledStateGraph, input, config) {
    const given = { ...this.defaults, ...config };
    const saver = this.plan.persistence.checkpointer;
    const isLocal =
      LOCAL.some((key) => given[key] !== undefined) ||
      given.configurable?.checkpoint_id !== undefined ||
      (given.configurable?.thread_id === undefined && typeof saver === 'object') ||
      saver === true ||
      input === undefined ||
      currentFrame() !== undefined;
    return isLocal ? here.call(this, input, config) : elsewhere(this, input, config);
  };
}

async function elsewhere(graph: CompiledStateGraph, input: unknown, config: any): Promise<unknown> {
  const saver = graph.plan.persistence.checkpointer;
  const owner = typeof saver === 'object' ? saver : {};
  const id = String(config?.configurable?.thread_id);
  let known = threads.get(owner);
  if (known === undefined) threads.set(owner, (known = new Map<string, string>()));
  const before = known.get(id);
  const end = await drive(graph, {
    input,
    config,
    stored: before === undefined ? undefined : (JSON.parse(before) as StoredThread),
    run: async (task: RemoteTask, signal) => {
      tasksSent++;
      return sent(await runTask(graph, sent(task), { signal }));
    },
    async keep(stored) {
      known.set(id, JSON.stringify(stored));
      if (typeof saver === 'object') await mirror(saver, id, stored);
    },
  });
  return readAdvanced(sent(end));
}

/** Puts the states of a thread where getState looks for them. */
async function mirror(saver: Checkpointer, threadId: string, { graphs }: StoredThread) {
  for (const [namespace, { checkpoint, values, tasks }] of Object.entries(graphs)) {
    const whole = unpack(checkpoint) as any;
    for (const key of Object.keys(values)) whole.values[key] = unpack(values[key]!);
    const saved = await saver.get({ threadId, namespace, checkpointId: whole.id });
    if (saved === undefined) await saver.put({ threadId, namespace }, whole);
    const records = Object.values(tasks).map((text) => unpack(text)) as any[];
    await saver.putTasks({ threadId, namespace, checkpointId: whole.id }, records);
  }
}

import type { Interrupt, TaskRecord } from '../model/checkpointer.ts';
import { START } from '../model/constants.ts';
import { Send } from '../model/send.ts';
import { taskIdOf, taskKey } from '../model/taskKey.ts';
import { isControl, type PendingTask } from './controlChannels.ts';
import { dataKey } from './dataKey.ts';
import { fromNative } from './nativeValue.ts';

/** What a task of LangGraph.js has left before its superstep was complete. */
export type NativeWrite = readonly [task: string, channel: string, value: unknown];

/** Where the tasks are. */
export interface NativePlace {
  readonly namespace: string;
  /** The namespace under which LangGraph.js runs it. */
  readonly theirs: string;
  readonly checkpointId: string;
  /** The step that the tasks belong to. */
  readonly step: number;
}

/** A task, and how LangGraph.js names it. */
export interface NativeTask extends PendingTask {
  /** The id that it goes by if it has left something; else one that it may go by. */
  readonly id: string;
}

/** Under which LangGraph.js notes what came with a command. */
const OF_COMMAND = '00000000-0000-0000-0000-000000000000';
/** What tasks write that have not ended. */
const UNFINISHED: ReadonlySet<string> = new Set([
  '__error__',
  '__interrupt__',
  '__resume__',
  '__scheduled__',
]);
const NODE = 'branch:to:';
const SENDS = '__pregel_tasks';

/** Names pending tasks as LangGraph.js does. */
export async function nameTasks(
  tasks: readonly PendingTask[],
  { theirs, checkpointId, step }: NativePlace,
  writes: readonly NativeWrite[],
): Promise<NativeTask[]> {
  const known = new Set(writes.map(([id]) => id));
  return Promise.all(
    tasks.map(async (task) => {
      const { node, sendIndex, triggers } = task;
      const place = theirs === '' ? node : `${theirs}|${node}`;
      const ids = await Promise.all(
        (sendIndex < 0
          ? triggers.map((trigger) => ['__pregel_pull', [trigger]])
          : [['__pregel_push', String(sendIndex)]]
        ).map((kind) => uuid5(JSON.stringify([place, String(step), node, ...kind]), checkpointId)),
      );
      return { ...task, id: ids.find((id) => known.has(id)) ?? ids[0]! };
    }),
  );
}

/** What is known of the tasks from what they have left. */
export function toRecords(
  tasks: readonly NativeTask[],
  place: NativePlace,
  writes: readonly NativeWrite[],
): { readonly records: TaskRecord[]; readonly isWhole: boolean } {
  const byTask = Map.groupBy(writes, ([id]) => id);
  const records = tasks.flatMap((task) => {
    const own = byTask.get(task.id);
    byTask.delete(task.id);
    return own && task.node !== START ? [toRecord(task, place, own)] : [];
  });
  // Answers are also noted under the question that they are for, in an id without hyphens.
  const isWhole = [...byTask.keys()].every((id) => id === OF_COMMAND || !id.includes('-'));
  return { records, isWhole };
}

function toRecord(
  { node, sendIndex }: NativeTask,
  { namespace, checkpointId }: NativePlace,
  writes: readonly NativeWrite[],
): TaskRecord {
  const task = taskKey(node, sendIndex);
  const of = (channel: string) => writes.find(([, name]) => name === channel)?.[2];
  const asks = (of('__interrupt__') as readonly Interrupt[] | undefined)?.map(({ id, value }) => ({
    id: id ?? taskIdOf(namespace, checkpointId, task),
    value: fromNative(value),
  }));
  // What has ended may have asked before, or have been told to stop as it did.
  const isDone = writes.some(([, channel]) => !UNFINISHED.has(channel));
  const answers = ([of('__resume__') ?? []].flat() as unknown[]).map(fromNative);
  if (asks && !isDone) {
    // Of questions that were answered only the answers are known, in the order of asking.
    const answered = answers.map((answer, i) => {
      const id = taskIdOf(namespace, checkpointId, taskKey(`${task}?${i}`, -1));
      return { id, value: undefined, key: '', answer: [answer] as const };
    });
    const open = asks.map((each) => ({ ...each, key: dataKey(each.value) }));
    return { task, status: 'paused', interrupts: asks, asked: [...answered, ...open] };
  }
  const error = of('__error__') as { name?: string; message?: string } | undefined;
  if (error !== undefined && !isDone) {
    return {
      task,
      status: 'failed',
      error: { name: error.name ?? 'Error', message: error.message ?? '' },
    };
  }
  const updates: Record<string, unknown>[] = [];
  const goto: string[] = [];
  const sends: Send[] = [];
  for (const [, channel, value] of writes) {
    if (channel.startsWith(NODE)) goto.push(channel.slice(NODE.length));
    else if (channel === SENDS) sends.push(...toSends(value));
    else if (!isControl(channel)) {
      const last = updates.at(-1);
      if (last === undefined || channel in last) updates.push({ [channel]: fromNative(value) });
      else last[channel] = fromNative(value);
    }
  }
  return { task, status: 'done', result: { updates, goto, sends, parent: [] } };
}

function toSends(value: unknown): Send[] {
  return ([value].flat() as readonly { node: string; args: unknown }[]).map(
    ({ node, args }) => new Send(node, fromNative(args)),
  );
}

/** A UUID of version 5: a name in a namespace that is a UUID itself. */
async function uuid5(name: string, namespace: string): Promise<string> {
  const space = namespace
    .replaceAll('-', '')
    .match(/../g)!
    .map((byte) => parseInt(byte, 16));
  const text = Uint8Array.from([...space, ...new TextEncoder().encode(name)]);
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-1', text)).slice(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}

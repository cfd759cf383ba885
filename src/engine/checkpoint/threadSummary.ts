import type { Checkpoint, Interrupt, SavedCheckpoint } from '../model/checkpointer.ts';
import { START } from '../model/constants.ts';
import { isCall, nameIn, taskKey } from '../model/taskKey.ts';

/** What a checkpointer can tell of a thread without its graph. */
export interface ThreadSummary {
  readonly threadId: string;
  /**
   * `waiting`: for answers to `interrupts`. `failed`: a node has failed. `unfinished`: something is to
   * run next; it stands at a breakpoint, was cut off, or runs right now. `done`: nothing is left to do.
   */
  readonly status: 'done' | 'waiting' | 'failed' | 'unfinished';
  /** When it went on last, in milliseconds since the Unix epoch. */
  readonly updatedAt: number;
  /** The last superstep that was complete, as in the metadata of states: -1 for a first input. */
  readonly step: number;
  /** Names of the nodes that run next, those that are done left out. */
  readonly next: readonly string[];
  /** The questions that wait for an answer. */
  readonly interrupts: readonly Interrupt[];
  /** The nodes that have failed, and why. */
  readonly failures: readonly {
    readonly node: string;
    readonly name: string;
    readonly message: string;
  }[];
}

/** What the newest checkpoint of a thread, and the records of its tasks, say of it. */
export function summarize(
  threadId: string,
  {
    createdAt,
    step,
    next,
    tasks,
  }: Pick<Checkpoint, 'createdAt' | 'step' | 'next'> & Pick<SavedCheckpoint, 'tasks'>,
): ThreadSummary {
  const own = tasks.filter(({ task }) => !isCall(task));
  const interrupts = own.flatMap(({ status, interrupts: asked = [] }) =>
    status === 'paused' ? asked : [],
  );
  const failures = own.flatMap(({ task, status, error }) =>
    status === 'failed' && error ? [{ node: nameIn(task), ...error }] : [],
  );
  const done = new Set(own.filter(({ result }) => result).map(({ task }) => task));
  const scheduled = tasksOf(next);
  const left = scheduled.filter(({ key }) => !done.has(key)).map(({ node }) => node);
  const status =
    failures.length > 0
      ? 'failed'
      : interrupts.length > 0
        ? 'waiting'
        : scheduled.length > 0
          ? 'unfinished'
          : 'done';
  return {
    ...{ threadId, status, updatedAt: createdAt, step },
    ...{ next: [...new Set(left)], interrupts, failures },
  };
}

/** The tasks of the next superstep. */
function tasksOf({
  input,
  nodes,
  sends,
  deferred,
}: Checkpoint['next']): readonly { readonly node: string; readonly key: string }[] {
  const byEdge = (node: string) => ({ node, key: taskKey(node, -1) });
  if (input) return [byEdge(START)];
  const tasks = [
    ...nodes.map(byEdge),
    ...sends.map(({ node }, i) => ({ node, key: taskKey(node, i) })),
  ];
  return tasks.length > 0 ? tasks : deferred.map(byEdge);
}

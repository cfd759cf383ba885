import type { Plan } from '../../plan/plan.ts';
import type { WorkerPlace } from '../../model/workerPlace.ts';
import type { TaskThread } from './threadServer.ts';
import { runOrder } from './runOrder.ts';

/** Set in worker threads, before they load anything; for whatever copy of the library they load. */
const TASK_THREAD = Symbol.for('superstep.taskThread');

function taskThread(): TaskThread | undefined {
  return (globalThis as { [TASK_THREAD]?: TaskThread })[TASK_THREAD];
}

/** How often each function was defined in this thread. */
const counts = new Map<string, number>();

/** A builder that is compiled again defines the same functions: nothing new to count. */
const known = new WeakMap<object, Map<string, WorkerPlace>>();

/**
 * The place of a function that is to run on worker threads. They load the same code, which defines its
 * functions in the same order, so that name and count find it again; that the text is the same as well
 * makes sure of it. None in a worker thread that runs the tasks of others: there all is run where it is called.
 * @param what.owner Names the graph of a node; a task has none.
 * @param what.identity The same for all that is compiled of one node.
 */
export function defineForWorkers(
  what: {
    readonly module: string | undefined;
    readonly owner?: string;
    readonly name: string;
    readonly identity: object;
    readonly action: (...args: any[]) => unknown;
  },
  plan?: () => Plan,
): WorkerPlace | undefined {
  const { module, owner, name, identity, action } = what;
  const kind = owner === undefined ? ['task', name] : ['node', owner, name];
  const same = JSON.stringify([module, ...kind, Function.prototype.toString.call(action)]);
  let places = known.get(identity);
  if (places === undefined) known.set(identity, (places = new Map<string, WorkerPlace>()));
  const before = places.get(same);
  if (before !== undefined) return before;
  const nth = counts.get(same) ?? 0;
  counts.set(same, nth + 1);
  const key = `${same}#${nth}`;
  const thread = taskThread();
  if (thread !== undefined) {
    thread.keep(key, (order, link) => runOrder({ action, plan: plan?.() }, order, link));
    return undefined;
  }
  const place = { key, module };
  places.set(same, place);
  return place;
}

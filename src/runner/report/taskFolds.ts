import type { RunEvent, SuperstepStarted, TaskInfo } from '../../engine/model/events.ts';
import { OpenTasks } from '../../engine/model/openTasks.ts';
import type { ModelUse } from '../../protocol/modelUse.ts';
import { countUse } from '../../trace/countUse.ts';
import { statusOf, type TaskEnd, type TaskStatus } from '../../trace/nodeMetrics.ts';

/** Many tasks of one node, told as one. */
export interface Fold {
  /** The branch of the graph, and the node with how many there are: `['research', 'search ×40']`. */
  readonly path: readonly string[];
  /** How their tasks have ended so far. */
  readonly ended: Readonly<Record<TaskStatus, number>>;
  /** Milliseconds of those that were done; of all that ended, where none was. */
  readonly times: { readonly shortest: number; readonly median: number; readonly longest: number };
  /** What they, and what ran inside of them, asked of models; absent: nothing. */
  readonly modelUse?: ModelUse;
}

/** What an event is to a report that folds. */
export interface Folding {
  /** It is one of many, and goes without a line of its own. */
  readonly isFolded: boolean;
  /** With it the tasks of a node begin that are told as one. */
  readonly began?: Fold;
  /** It is the end of the last one of these. */
  readonly ended?: Fold;
  /** It is the end of what these belong to: their superstep, caller or run. */
  readonly endedBefore?: readonly Fold[];
}

interface OpenFold {
  readonly key: string;
  readonly node: string;
  readonly graphPath: readonly string[];
  /** Of functional tasks, the task that calls them: how many it calls is not known before its end. */
  readonly caller?: number;
  readonly tasks: number;
  readonly ended: Record<TaskStatus, number>;
  readonly doneMs: number[];
  readonly otherMs: number[];
  modelUse?: ModelUse;
  hasBegun: boolean;
}

const shown: Folding = { isFolded: false };
const folded: Folding = { isFolded: true };

/**
 * Finds the tasks in a run of which nobody wants to read each: those of a node that was sent more than
 * `limit` of them in one superstep, and those calls of a functional task that go beyond as many from one
 * caller; with all that runs inside of them. Failures are left to be told in full, and so is what nodes
 * write to the console. Constant cost for each event.
 */
export class TaskFolds {
  readonly #limit: number;
  /** By the graph's branch, the superstep and the node, or by the caller and the functional task. */
  readonly #open = new Map<string, OpenFold>();
  /** How often each functional task was called, by the caller's id and its name. */
  readonly #calls = new Map<number, Map<string, number>>();
  /** The folds that running tasks are part of, or are inside of. */
  readonly #foldOf = new OpenTasks<OpenFold>(({ task }, around) => this.#join(task, around));
  /** The branches of these tasks: what starts in one of them is inside of it. */
  readonly #branches = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  see(event: RunEvent): Folding {
    const fold = this.#foldOf.see(event);
    switch (event.type) {
      case 'superstepStarted':
        return this.#beginSuperstep(event);
      case 'superstepFinished':
        return this.#endSuperstep(event.path);
      case 'interrupted':
        return this.#endSuperstep(event.path);
      case 'runFailed':
        return {
          isFolded: false,
          endedBefore: [...this.#open.values()].flatMap((fold) => this.#end(fold)),
        };
      case 'taskStarted':
        if (!fold || fold.hasBegun) return fold ? folded : shown;
        fold.hasBegun = true;
        return { isFolded: true, began: toFold(fold) };
      case 'taskRetrying':
      case 'taskWrote':
      case 'modelStreamed':
        return fold ? folded : shown;
      case 'taskFinished':
        return this.#finish(event, fold, event.handled ? shown : folded);
      case 'taskFailed':
        return this.#finish(event, fold, event.cancelled ? folded : shown);
      case 'taskInterrupted':
        return this.#finish(event, fold, folded);
      case 'modelStarted':
      case 'modelRetrying':
      case 'modelFinished':
      case 'modelFailed':
        if (!fold) return shown;
        fold.modelUse = countUse(fold.modelUse, event);
        return folded;
      default:
        return shown;
    }
  }

  #beginSuperstep({ path, superstep, sends = {} }: SuperstepStarted): Folding {
    if (this.#branches.has(JSON.stringify(path))) return folded;
    for (const [node, tasks] of Object.entries(sends)) {
      if (tasks <= this.#limit) continue;
      this.#begin({ key: keyOf(path, superstep, node), node, graphPath: path, tasks });
    }
    return shown;
  }

  #begin(of: Pick<OpenFold, 'key' | 'node' | 'graphPath' | 'tasks' | 'caller'>): OpenFold {
    const ended = { done: 0, failed: 0, cancelled: 0, interrupted: 0 };
    const fold = { ...of, ended, doneMs: [], otherMs: [], hasBegun: false };
    this.#open.set(of.key, fold);
    return fold;
  }

  /** The fold of a call, if its caller has made so many that it is told with others. */
  #foldOfCall({ kind, parent, node, path }: TaskInfo): OpenFold | undefined {
    if (kind !== 'task' || parent === undefined) return undefined;
    let counts = this.#calls.get(parent);
    if (!counts) this.#calls.set(parent, (counts = new Map<string, number>()));
    const calls = (counts.get(node) ?? 0) + 1;
    counts.set(node, calls);
    if (calls <= this.#limit) return undefined;
    const key = callKey(parent, node);
    const of = { key, node, graphPath: path.slice(0, -1), tasks: Infinity, caller: parent };
    return this.#open.get(key) ?? this.#begin(of);
  }

  #endSuperstep(path: readonly string[]): Folding {
    if (this.#branches.has(JSON.stringify(path))) return folded;
    const same = JSON.stringify(path);
    const endedBefore = [...this.#open.values()]
      .filter(({ graphPath }) => JSON.stringify(graphPath) === same)
      .flatMap((fold) => this.#end(fold));
    return { isFolded: false, endedBefore };
  }

  #join(task: TaskInfo, around: OpenFold | undefined): OpenFold | undefined {
    const fold = around ?? this.#open.get(ownKey(task)) ?? this.#foldOfCall(task);
    if (fold) this.#branches.add(JSON.stringify(task.path));
    return fold;
  }

  #finish(event: TaskEnd, fold: OpenFold | undefined, folding: Folding): Folding {
    const { task, durationMs } = event;
    if (!fold) return this.#endCalls(task);
    this.#branches.delete(JSON.stringify(task.path));
    const isInside =
      fold.caller === undefined ? ownKey(task) !== fold.key : task.parent !== fold.caller;
    if (isInside) return folding;
    fold.ended[statusOf(event)]++;
    (event.type === 'taskFinished' ? fold.doneMs : fold.otherMs).push(durationMs);
    if (fold.doneMs.length + fold.otherMs.length < fold.tasks) return folding;
    const [whole] = this.#end(fold);
    return { ...folding, ...(whole && { ended: whole }) };
  }

  /** What a task has called is over when the task is. */
  #endCalls({ id }: TaskInfo): Folding {
    const counts = this.#calls.get(id);
    if (!counts) return shown;
    this.#calls.delete(id);
    const folds = [...counts.keys()].map((node) => this.#open.get(callKey(id, node)));
    return { ...shown, endedBefore: folds.flatMap((fold) => (fold ? this.#end(fold) : [])) };
  }

  #end(fold: OpenFold): Fold[] {
    this.#open.delete(fold.key);
    return fold.hasBegun ? [toFold(fold)] : [];
  }
}

function toFold(fold: OpenFold): Fold {
  const { graphPath, node, tasks, ended, doneMs, otherMs, modelUse } = fold;
  const count = doneMs.length + otherMs.length;
  const more = count === 0 ? `more of ${node}` : `${count} more of ${node}`;
  const times = (doneMs.length > 0 ? doneMs : otherMs).toSorted((a, b) => a - b);
  return {
    path: [...graphPath, tasks === Infinity ? more : `${node} ×${tasks}`],
    ended: { ...ended },
    times: {
      shortest: times[0] ?? 0,
      median: times[times.length >> 1] ?? 0,
      longest: times.at(-1) ?? 0,
    },
    ...(modelUse && { modelUse }),
  };
}

function ownKey({ path, superstep, node }: TaskInfo): string {
  return keyOf(path.slice(0, -1), superstep, node);
}

function callKey(caller: number, node: string): string {
  return `${caller} ${node}`;
}

function keyOf(path: readonly string[], superstep: number, node: string): string {
  return JSON.stringify([path, superstep, node]);
}

import type { Writes } from '../state/channel.ts';
import { INPUT, type Writer } from '../state/writer.ts';
import { inTaskOrder, type Exits, type Plan } from './plan.ts';
import type { Send } from '../model/send.ts';
import { added, Outcome, type TaskResult, type Update } from './outcome.ts';
import type { TaskSet } from './prepareTasks.ts';
import type { Snapshot } from './snapshot.ts';
import { takenOutBy } from './takenOut.ts';

/** The next snapshot, and what the superstep wrote. */
export interface Applied {
  readonly snapshot: Snapshot;
  readonly writes: Written;
}

/** Knows which keys were written. */
export interface Written {
  /** Made on demand: only observers and savers ask. */
  keys(): string[];
}

/**
 * Folds the results of one superstep into the next snapshot; nothing given is changed. Pure, so the
 * result depends on task order only, never on the order in which tasks finished.
 *
 * @param results One for each task, in task order.
 * @throws {InvalidUpdateError} INVALID_CONCURRENT_GRAPH_UPDATE
 * @throws {SuperstepError} REDUCER_FAILED
 */
export function applyWrites(
  plan: Plan,
  snapshot: Snapshot,
  done: { readonly tasks: Pick<TaskSet, 'node'>; readonly results: readonly TaskResult[] },
): Applied {
  const { tasks, results } = done;
  const writes = new WriteLog(plan);
  const next = new NextTasks(plan, snapshot);
  for (let i = 0; i < results.length; i++) {
    const node = tasks.node(i);
    const result = results[i];
    if (result instanceof Outcome) {
      for (const update of result.updates) writes.add(update, node.name);
      if (!result.isHandled) next.follow(node, node.index);
      for (const target of result.targets) next.trigger(target);
      for (const send of result.sends) next.send(send);
    } else {
      if (result !== undefined) writes.add(result, node.name);
      next.follow(node, node.index);
    }
  }
  // Deferred nodes that ran in this superstep are no longer waiting.
  const ranDeferred = snapshot.triggered.length === 0 && snapshot.sends.length === 0;
  const values = foreseen(results, snapshot) ?? writes.applyTo(snapshot.values);
  return { snapshot: next.toSnapshot(values, ranDeferred ? NONE : snapshot.deferred), writes };
}

/** The values after the only task of a superstep, if its routers have seen them already. */
function foreseen(results: readonly TaskResult[], { values }: Snapshot) {
  const only = results[0];
  if (results.length !== 1 || !(only instanceof Outcome)) return undefined;
  return only.foreseen?.from === values ? only.foreseen.values : undefined;
}

/**
 * The first snapshot: the input written to the state, and what START leads to.
 * @param route What the routers of START chose.
 */
export function applyInput(
  plan: Plan,
  snapshot: Snapshot,
  start: { readonly values: readonly unknown[]; readonly route: Outcome | undefined },
): Snapshot {
  const next = new NextTasks(plan, snapshot);
  next.follow(plan.start, -1);
  if (start.route !== undefined) {
    for (const target of start.route.targets) next.trigger(target);
    for (const send of start.route.sends) next.send(send);
  }
  return next.toSnapshot(start.values, NONE);
}

/** Values after some updates by one writer, as that writer's routers see them. */
export function valuesWith(
  plan: Plan,
  values: readonly unknown[],
  own: { readonly updates: readonly Update[]; readonly writer: Writer },
): readonly unknown[] {
  const writes = new WriteLog(plan);
  for (const update of own.updates) writes.add(update, own.writer);
  return writes.applyTo(values);
}

/** Collects the writes of a superstep by channel. */
class WriteLog implements Written {
  readonly #plan: Plan;
  /** By the index of the channel. */
  readonly #byChannel: (ChannelWrites | undefined)[];
  /** The channels in the order in which they were first written, each leading to the next. */
  #first: ChannelWrites | undefined = undefined;
  #last: ChannelWrites | undefined = undefined;
  /** The updates as they came, for a graph that hands these back. */
  readonly #updates: Update[] | undefined;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#byChannel = new Array<ChannelWrites | undefined>(plan.channels.length);
    if (plan.writeLog !== undefined) {
      this.#updates = [];
      this.#begin(plan.writeLog, this.#updates, plan.name);
    }
  }

  add(update: Update, writer: Writer): void {
    if (writer !== INPUT) this.#updates?.push(update);
    for (const key in update) {
      const value = update[key];
      const channel = this.#plan.byKey.get(key);
      if (channel === undefined) continue;
      const writes = this.#byChannel[channel];
      if (writes === undefined) this.#begin(channel, value, writer);
      else {
        writes.updates.push(value);
        writes.writers.push(writer);
      }
    }
  }

  #begin(channel: number, update: unknown, writer: Writer): void {
    const writes: ChannelWrites = {
      channel,
      updates: [update],
      writers: [writer],
      next: undefined,
    };
    this.#byChannel[channel] = writes;
    if (this.#last === undefined) this.#first = writes;
    else this.#last.next = writes;
    this.#last = writes;
  }

  applyTo(values: readonly unknown[]): readonly unknown[] {
    if (this.#first === undefined) return values;
    const next = values.slice();
    const { channels, takenOut } = this.#plan;
    for (let writes: ChannelWrites | undefined = this.#first; writes; writes = writes.next) {
      const channel = channels[writes.channel]!;
      const before = next[writes.channel];
      const after = channel.apply(before, writes);
      next[writes.channel] = after;
      if (takenOut === undefined) continue;
      next[takenOut] = takenOutBy(channel, next[takenOut], {
        updates: writes.updates,
        before,
        after,
      });
    }
    return next;
  }

  keys(): string[] {
    const keys: string[] = [];
    for (let writes = this.#first; writes; writes = writes.next) {
      keys.push(this.#plan.channels[writes.channel]!.key);
    }
    return keys;
  }
}

interface ChannelWrites extends Writes {
  readonly channel: number;
  next: ChannelWrites | undefined;
}

/** Collects which nodes run in the next superstep. */
class NextTasks {
  readonly #plan: Plan;
  readonly #before: Snapshot;
  #sends: readonly Send[] = NO_SENDS;
  /** In any order, with repetitions. */
  #triggered: readonly number[] = NONE;
  /** Edges that are known to be sorted and to need nothing else, if they are all there is. */
  #plain: readonly number[] | undefined;
  #followed: Exits | undefined;
  /** Copied before the first change. */
  #arrived: Map<number, Set<number>> | undefined;
  /** Barriers that are complete. */
  #fired: Set<number> | undefined;

  constructor(plan: Plan, before: Snapshot) {
    this.#plan = plan;
    this.#before = before;
  }

  trigger(node: number): void {
    // Mapped tasks tend to name the same node one after another.
    if (this.#triggered.at(-1) !== node) this.#triggered = added(this.#triggered, node);
  }

  send(send: Send): void {
    this.#sends = added(this.#sends, send);
  }

  /** What follows from the fact that `source` ran. */
  follow(exits: Exits, source: number): void {
    if (exits === this.#followed) return;
    if (this.#followed === undefined && exits.plain) {
      this.#plain = exits.edges;
    } else {
      for (const target of exits.edges) this.trigger(target);
      for (const barrier of exits.barriers) this.#arrive(barrier, source);
    }
    this.#followed = exits;
  }

  #arrive(index: number, source: number): void {
    // All that runs in one superstep runs at once: nothing of it counts for the next time already.
    if (this.#fired?.has(index)) return;
    const { sources, target } = this.#plan.barriers[index]!;
    this.#arrived ??= new Map(
      Array.from(this.#before.arrived, ([key, set]) => [key, new Set(set)]),
    );
    const arrived = this.#arrived.get(index) ?? new Set();
    arrived.add(source);
    if (arrived.size < sources.length) {
      this.#arrived.set(index, arrived);
    } else {
      this.#arrived.delete(index);
      (this.#fired ??= new Set()).add(index);
      this.trigger(target);
    }
  }

  toSnapshot(values: readonly unknown[], waiting: readonly number[]): Snapshot {
    let triggered = this.#plain ?? NONE;
    let deferred = waiting;
    if (this.#triggered.length > 0) {
      const { nodes } = this.#plan;
      const isDeferred = (node: number) => nodes[node]!.defer;
      const named = triggered.length === 0 ? this.#triggered : this.#triggered.concat(triggered);
      const all = inTaskOrder(this.#plan, named);
      triggered = all;
      if (all.some(isDeferred)) {
        triggered = all.filter((node) => !isDeferred(node));
        deferred = inTaskOrder(this.#plan, waiting.concat(all.filter(isDeferred)));
      }
    }
    return {
      step: this.#before.step + 1,
      values,
      triggered,
      sends: this.#sends,
      deferred,
      arrived: this.#arrived ?? this.#before.arrived,
    };
  }
}

const NONE: readonly number[] = [];
const NO_SENDS: readonly Send[] = [];

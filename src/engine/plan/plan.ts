import { type Channel, type Check, EMPTY } from '../state/channel.ts';
import type { ObjectRules } from '../state/objectRules.ts';
import type { Checkpointer } from '../model/checkpointer.ts';
import type { HostPauses } from '../model/graphHandle.ts';
import type { Store } from '../model/store.ts';
import type { Cache } from '../model/policies/cachePolicy.ts';
import type { WorkerPlace } from '../model/workerPlace.ts';
import type { Policy } from '../model/policies/policy.ts';
import type { ContextCheck } from '../state/context.ts';
import type { NodeAction, RouterAction } from '../model/node.ts';
import type { RunConfig, BreakpointOptions } from '../model/runConfig.ts';
import { SuperstepError, didYouMean } from '../model/errors.ts';

/** A choice of keys: what a node, the input or the output sees of the state. */
export interface View {
  readonly keys: readonly string[];
  /** Indexes into `Plan.channels`, one for each key. */
  readonly channels: readonly number[];
  /** The keys as this view declares them, for checks: its schemas may be stricter than the state's. */
  readonly declared: readonly Channel[];
  /** What its schemas ask of single values that the state does not ask; for each key, or empty if nothing. */
  readonly demands: readonly (Demand | undefined)[];
  /** What its schema asks of all of it. */
  readonly rules: ObjectRules;
}

/** What a view shows of a key whose schema asks for more than that of the state. */
export interface Demand {
  /** Stands in for a missing value: a default, or why there must be a value. */
  readonly missing: Missing | undefined;
  /** Checks values; `undefined`: they were checked by it when they were written. */
  readonly check: Check | undefined;
}

/** Makes what stands in for a missing value (`undefined`: nothing), or says why it may not be missing. */
export type Missing = () => ReturnType<Check>;

/** What the schema of the state asks of it as a whole. */
export interface StateRule {
  readonly view: View;
  readonly check: Check;
  /** Channels without which the state is not complete, and not checked. */
  readonly required: readonly number[];
}

/** A function that chooses the next nodes, and the names its results stand for. */
export interface Router {
  readonly action: RouterAction;
  /** Result → node name; absent: results are node names. */
  readonly paths: ReadonlyMap<string, string> | undefined;
}

/** What happens after a node (or START) has run. Nodes and barriers are given by index. */
export interface Exits {
  /** Sorted by rank. */
  readonly edges: readonly number[];
  readonly barriers: readonly number[];
  readonly routers: readonly Router[];
  /** There are only edges, and no target of them waits: what follows is known beforehand. */
  readonly plain: boolean;
}

/** A join: `target` runs when each of `sources` has run at least once since the last time. */
export interface Barrier {
  readonly target: number;
  readonly sources: readonly number[];
}

/** A node in whatever graphs it is, and what its runs have taught of it. */
export interface NodeIdentity {
  /** Its function changes what it is given, and gets a copy of its own; `undefined`: nobody has looked yet. */
  changesInput: boolean | undefined;
}

export interface PlanNode extends Exits {
  readonly index: number;
  readonly name: string;
  /** Place among all nodes sorted by name: the order in which edge-started tasks are applied. */
  readonly rank: number;
  readonly action: NodeAction | undefined;
  /** The same in all plans that are compiled of the builder it was added to. */
  readonly identity: NodeIdentity;
  /** What the node is given. */
  readonly view: View;
  /** Declared an input of its own: payloads of `Send` are checked against it. */
  readonly ownInput: boolean;
  /** Waits until no other task is left. */
  readonly defer: boolean;
  /** What to do around each task; most nodes have nothing. */
  readonly policy: Policy | undefined;
  /** How many of its tasks may run at once. */
  readonly maxConcurrency: number | undefined;
  /** Where worker threads find its function; `undefined` if it runs in the thread of the run. */
  readonly worker: WorkerPlace | undefined;
  /** The form in which its subgraph runs as this node; `undefined` if it is a function. */
  readonly inner: Plan | undefined;
  /** What its subgraph was given by `withConfig`; `undefined` if nothing. */
  readonly innerConfig: RunConfig | undefined;
}

/** Where a graph's state is kept between runs, and where it pauses. */
export interface Persistence {
  /** `undefined`: that of the parent graph; `true`: the same, kept from run to run; `false`: none. */
  readonly checkpointer: Checkpointer | boolean | undefined;
  readonly breakpoints: Breakpoints;
  readonly store: Store | undefined;
}

/** A graph in the form in which it runs: names resolved to indexes. Never changes. */
export interface Plan {
  readonly name: string;
  readonly kind: 'graph' | 'entrypoint';
  /** Where results of nodes with a cache policy are kept, if not in the run's own cache. */
  readonly cache: Cache | undefined;
  readonly persistence: Persistence;
  /** Milliseconds that a superstep may take; absent: no limit. */
  readonly stepTimeout?: number | undefined;
  readonly channels: readonly Channel[];
  readonly byKey: ReadonlyMap<string, number>;
  readonly nodes: readonly PlanNode[];
  readonly byName: ReadonlyMap<string, number>;
  readonly start: Exits;
  readonly barriers: readonly Barrier[];
  /** All keys but the private ones. */
  readonly state: View;
  readonly input: View;
  /** For each key of an input with a schema of its own; `undefined`: no key need be there. */
  readonly missing: readonly (Missing | undefined)[] | undefined;
  /** Updates may only have keys that the graph knows. */
  readonly isStrict: boolean;
  /** Checked after the input and after each superstep, if there is anything to check. */
  readonly stateRule: StateRule | undefined;
  /** Checks `config.context`, if the graph declares one. */
  readonly context: ContextCheck | undefined;
  readonly output: View;
  /** Channel that collects the updates of its nodes, for a graph that hands these back. */
  readonly writeLog: number | undefined;
  /** Channel for what was taken out of its keys (`TakenOut`), for a graph inside another one. */
  readonly takenOut: number | undefined;
  /** Some node has a `maxConcurrency`. */
  readonly hasGates: boolean;
  /** Some key has a schema: updates must be checked. */
  readonly checks: boolean;
}

/** The part of the values that a view shows; keys without a value are absent. Frozen. */
export function readView(view: View, values: readonly unknown[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (let i = 0; i < view.keys.length; i++) {
    const value = values[view.channels[i]!];
    if (value !== EMPTY) result[view.keys[i]!] = value;
  }
  return Object.freeze(result);
}

/** Whether reading by this view checks anything, or fills anything in. */
export function asksMore({ demands, rules }: View): boolean {
  return demands.length > 0 || rules.check !== undefined;
}

/** Nodes in task order, each once. */
export function inTaskOrder({ nodes }: Plan, indexes: readonly number[]): readonly number[] {
  if (indexes.length < 2) return indexes;
  return [...new Set(indexes)].sort((a, b) => nodes[a]!.rank - nodes[b]!.rank);
}

/** Nodes before and after which the run pauses. */
export interface Breakpoints {
  readonly before: ReadonlySet<string> | '*';
  readonly after: ReadonlySet<string> | '*';
  /** Where else, for each task of a node of this name; its host says so. */
  readonly host?: HostPauses | undefined;
}

/**
 * The nodes before and after which a run pauses.
 * @throws {SuperstepError} UNKNOWN_NODE
 */
export function breakpointsOf(
  nodes: { readonly has: (name: string) => boolean; readonly keys: () => Iterable<string> },
  { interruptBefore, interruptAfter }: BreakpointOptions,
): Breakpoints {
  const read = (option: 'interruptBefore' | 'interruptAfter', names: BreakpointNames = []) => {
    if (names === '*') return names;
    const unknown = names.find((name) => !nodes.has(name));
    if (unknown === undefined) return new Set(names);
    throw new SuperstepError(
      'UNKNOWN_NODE',
      `Cannot pause at "${unknown}" (${option}): there is no such node` +
        (didYouMean(unknown, nodes.keys()) || '; name nodes of this graph, or "*" for all'),
      { nodes: [unknown] },
    );
  };
  return {
    before: read('interruptBefore', interruptBefore),
    after: read('interruptAfter', interruptAfter),
  };
}

type BreakpointNames = NonNullable<BreakpointOptions['interruptBefore']>;

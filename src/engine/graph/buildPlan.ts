import { toCheckpointer } from '../checkpoint/adaptedSaver.ts';
import { Channel, type ChannelSpec } from '../state/channel.ts';
import { SuperstepError, UnreachableNodeError, didYouMean } from '../model/errors.ts';
import { hasGate } from '../run/nodeGates.ts';
import { withTakenOut, withWriteLog } from '../run/handBack.ts';
import { defineForWorkers } from '../run/workers/definitions.ts';
import { END, START } from '../model/constants.ts';
import { toContextCheck } from '../state/context.ts';
import { inherited } from '../run/runConfig.ts';
import {
  type Barrier,
  type Exits,
  type Plan,
  type PlanNode,
  type Router,
  type View,
  breakpointsOf,
} from '../plan/plan.ts';
import { channelSpecs, rulesOf } from '../state/declare.ts';
import type { StateInit } from '../state/stateTypes.ts';
import { NO_RULES } from '../state/objectRules.ts';
import { missingInput, stateRule, toDemand, withoutDemands } from './demands.ts';
import type { GraphDefinition, NodeDefinition } from './definition.ts';
import type { CompileOptions } from './graphOptions.ts';
import type { RunConfig } from '../model/runConfig.ts';
import { toPolicy } from '../model/policies/policy.ts';

/**
 * Checks a definition and resolves its names.
 *
 * @throws {SuperstepError} CONFLICTING_KEY, UNKNOWN_NODE, NO_ENTRY, INVALID_POLICY
 * @throws {UnreachableNodeError} UNREACHABLE_NODE
 */
export function buildPlan(definition: GraphDefinition, options: CompileOptions): Plan {
  const { name = 'graph', cache, store } = options;
  const checkpointer = toCheckpointer(options.checkpointer);
  const channels = new ChannelTable();
  const state = channels.view(definition.state);
  const input = definition.input ? channels.view(definition.input) : state;
  const output = definition.output ? channels.view(definition.output) : withoutDemands(state);
  const publicKeys = channels.all();

  checkNames(definition, name);
  checkReachable(definition, name);

  const byName = new Map([...definition.nodes.keys()].map((node, index) => [node, index]));
  const barriers = definition.barriers.map(({ sources, target }): Barrier => ({
    sources: sources.map((source) => byName.get(source)!),
    target: byName.get(target)!,
  }));
  const ranks = rankByName([...byName.keys()]);
  const exits = exitsBySource(definition, byName, ranks);
  const nodes = [...definition.nodes.values()].map((node, index): PlanNode => ({
    ...(exits.get(node.name) ?? NO_EXITS),
    index,
    name: node.name,
    rank: ranks.get(node.name)!,
    action: node.action,
    identity: node.identity,
    view: node.options.input ? channels.view(node.options.input) : publicKeys,
    ownInput: node.options.input !== undefined,
    defer: node.options.defer ?? false,
    ...toPolicy(node.options, node.name),
    worker: node.options.thread
      ? defineForWorkers(
          {
            ...{ module: options.module, owner: name },
            ...{ name: node.name, identity: node.identity, action: node.action! },
          },
          () => plan,
        )
      : undefined,
    inner: innerPlan(node),
    innerConfig: innerConfig(node),
  }));
  const plan: Plan = {
    name,
    kind: 'graph',
    cache,
    persistence: { checkpointer, store, breakpoints: breakpointsOf(definition.nodes, options) },
    channels: channels.channels,
    byKey: channels.byKey,
    nodes,
    byName,
    start: exits.get(START) ?? NO_EXITS,
    barriers,
    state: publicKeys,
    input,
    missing: definition.input && channelSpecs(definition.input).map(missingInput),
    isStrict: state.rules.isStrict,
    stateRule: stateRule(definition.state, state),
    context: definition.context && toContextCheck(definition.context),
    output,
    writeLog: undefined,
    takenOut: undefined,
    hasGates: nodes.some(hasGate),
    checks: channels.channels.some(({ spec }) => spec.checkValue ?? spec.checkUpdate),
  };
  return plan;
}

function innerPlan({ subgraph, options }: NodeDefinition): Plan | undefined {
  if (subgraph?.plan.kind !== 'graph') return subgraph?.plan;
  return options.returns === 'updates' ? withWriteLog(subgraph.plan) : withTakenOut(subgraph.plan);
}

/** Of what stops or observes a run as a whole, only that of the parent run counts. */
function innerConfig({ subgraph }: NodeDefinition): RunConfig | undefined {
  if (subgraph === undefined) return undefined;
  const config = inherited(subgraph.defaults);
  return Object.keys(config).length > 0 ? config : undefined;
}

const NO_EXITS: Exits = { edges: [], barriers: [], routers: [], plain: true };

/** Collects the keys of all schemas of a graph; a key that several of them have is one channel. */
class ChannelTable {
  readonly channels: Channel[] = [];
  readonly byKey = new Map<string, number>();
  readonly #views = new Map<StateInit, View>();

  view(init: StateInit): View {
    let view = this.#views.get(init);
    if (view === undefined) {
      const specs = channelSpecs(init);
      const channels = specs.map((spec) => this.#add(spec));
      const demands = specs.map((spec, i) => toDemand(spec, this.channels[channels[i]!]!.spec));
      view = {
        keys: specs.map((spec) => spec.key),
        channels,
        declared: specs.map((spec, i) => declaredAs(spec, this.channels[channels[i]!]!)),
        demands: demands.some((demand) => demand !== undefined) ? demands : [],
        rules: rulesOf(init),
      };
      this.#views.set(init, view);
    }
    return view;
  }

  /** All keys so far, in the order in which they were declared. */
  all(): View {
    const channels = this.channels.map((_, index) => index);
    const keys = [...this.byKey.keys()];
    return { keys, channels, declared: this.channels, demands: [], rules: NO_RULES };
  }

  #add(spec: ChannelSpec): number {
    const index = this.byKey.get(spec.key);
    if (index === undefined) {
      this.byKey.set(spec.key, this.channels.length);
      return this.channels.push(new Channel(spec)) - 1;
    }
    const known = this.channels[index]!.spec;
    // A key that is declared with and without reducer (say in the state and in the output) has it.
    if (spec.reducer && known.reducer && spec.reducer !== known.reducer) {
      throw new SuperstepError(
        'CONFLICTING_KEY',
        `Cannot compile: key "${spec.key}" has two different reducers; declare both with the same function`,
        { key: spec.key },
      );
    }
    if (spec.reducer && !known.reducer) this.channels[index] = new Channel(spec);
    return index;
  }
}

/** A key with the checks of one of the schemas that declare it, and the reducer that it has anyway. */
function declaredAs(spec: ChannelSpec, channel: Channel): Channel {
  if (!spec.checkValue || spec === channel.spec) return channel;
  const { reducer } = channel.spec;
  const reduced = reducer && !spec.reducer ? { reducer, checkUpdate: spec.checkValue } : {};
  return new Channel({ ...spec, ...reduced });
}

function exitsBySource(
  { nodes, edges, barriers, routers }: GraphDefinition,
  byName: ReadonlyMap<string, number>,
  ranks: ReadonlyMap<string, number>,
): Map<string, Exits> {
  const bySource = new Map<string, { edges: string[]; barriers: number[]; routers: Router[] }>();
  const of = (source: string) => {
    let exits = bySource.get(source);
    if (exits === undefined) {
      exits = { edges: [], barriers: [], routers: [] };
      bySource.set(source, exits);
    }
    return exits;
  };
  for (const [source, target] of edges) if (target !== END) of(source).edges.push(target);
  barriers.forEach(({ sources }, index) => {
    for (const source of sources) of(source).barriers.push(index);
  });
  for (const { source, action, paths } of routers) of(source).routers.push({ action, paths });
  return new Map(
    Array.from(bySource, ([source, exits]) => [
      source,
      {
        edges: exits.edges
          .sort((a, b) => ranks.get(a)! - ranks.get(b)!)
          .map((target) => byName.get(target)!),
        barriers: exits.barriers,
        routers: exits.routers,
        plain:
          exits.barriers.length === 0 &&
          !exits.edges.some((target) => nodes.get(target)!.options.defer),
      },
    ]),
  );
}

/** Places in plain code-unit order, which is the order in which writes are applied. */
function rankByName(names: string[]): Map<string, number> {
  return new Map(names.sort().map((name, rank) => [name, rank]));
}

function checkNames({ nodes, edges, routers }: GraphDefinition, graph: string): void {
  const check = (name: string, what: string, extra: string) => {
    if (nodes.has(name) || name === extra) return;
    throw new SuperstepError(
      'UNKNOWN_NODE',
      `Cannot compile graph "${graph}": ${what} "${name}", and there is no such node` +
        (didYouMean(name, nodes.keys()) || '; add it, or leave the name out'),
      { nodes: [name] },
    );
  };
  for (const [source, target] of edges) {
    check(source, `the edge to "${target}" comes from`, START);
    check(target, `the edge from "${source}" goes to`, END);
  }
  for (const { source, paths } of routers) {
    check(source, 'a router is attached to', START);
    for (const target of paths?.values() ?? []) {
      check(target, `the path map of the router of "${source}" names`, END);
    }
  }
  for (const node of nodes.values()) {
    for (const end of endsOf(node).keys()) check(end, `the ends of node "${node.name}" name`, END);
  }
}

/** The nodes that a node's commands may go to, with the labels of these edges. */
export function endsOf({ options: { ends } }: NodeDefinition): ReadonlyMap<string, string> {
  if (ends === undefined) return new Map();
  return Array.isArray(ends)
    ? new Map((ends as readonly string[]).map((name) => [name, name]))
    : new Map(Object.entries(ends as Record<string, string>));
}

/** Every node must be on some path from START, else it is a mistake in the wiring. */
function checkReachable(definition: GraphDefinition, graph: string): void {
  const { nodes, edges, barriers, routers } = definition;
  const targets = new Map<string, string[]>();
  const add = (source: string, target: string) => {
    const list = targets.get(source);
    if (list) list.push(target);
    else targets.set(source, [target]);
  };
  for (const [source, target] of edges) add(source, target);
  for (const { sources, target } of barriers) for (const source of sources) add(source, target);
  for (const node of nodes.values()) for (const end of endsOf(node).keys()) add(node.name, end);
  const open = new Set<string>();
  for (const { source, paths } of routers) {
    if (paths === undefined) open.add(source);
    else for (const target of paths.values()) add(source, target);
  }
  // So can the command of an error handler whose node does not say where it may go.
  for (const { name, options } of nodes.values()) {
    if (options.errorHandler && options.ends === undefined) open.add(name);
  }
  if (!targets.has(START) && !open.has(START)) {
    const first = nodes.keys().next().value;
    throw new SuperstepError(
      'NO_ENTRY',
      `Cannot compile graph "${graph}": nothing leads from START into it` +
        (first === undefined ? ', and it has no nodes' : `; add .addEdge(START, "${first}")`),
    );
  }
  const reached = new Set<string>([START]);
  const queue: string[] = [START];
  for (let at = 0; at < queue.length; at++) {
    const name = queue[at]!;
    // A router without path map can go anywhere.
    const next = open.has(name) ? nodes.keys() : (targets.get(name) ?? []);
    for (const target of next) {
      if (reached.has(target)) continue;
      reached.add(target);
      queue.push(target);
    }
  }
  const lost = [...nodes.keys()].filter((name) => !reached.has(name));
  if (lost.length === 0) return;
  throw new UnreachableNodeError(
    'UNREACHABLE_NODE',
    `Cannot compile graph "${graph}": no path from START leads to ${lost
      .slice(0, 10)
      .map((name) => `"${name}"`)
      .join(', ')}; add an edge, or name it in a router's path map or in the ends of a node`,
    { nodes: lost },
  );
}

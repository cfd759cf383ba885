import type { Node } from '@babel/types';
import type { BuilderCall, BuilderDraft, GraphDraft } from '../loader/source/graphDraft.ts';
import {
  memberOf,
  type KeyReducer,
  type Located,
  type Placed,
  type StaticValue,
} from '../loader/source/staticValue.ts';
import { FunctionCode } from './functionCode.ts';

/** A node of a graph that is checked. */
export interface LintNode {
  readonly name: string;
  /** Its name in the text. */
  readonly at: Node;
  /** The call that adds it, if it adds nothing else. */
  readonly call?: BuilderCall;
  readonly code?: FunctionCode;
  readonly subgraph?: GraphDraft;
  /** What its options say; absent where the text does not tell. */
  readonly options?: ReadonlyMap<string, Placed>;
}

/** An edge that is always taken. */
export interface LintEdge {
  readonly source: string;
  readonly target: string;
  /** The arguments that name them. */
  readonly sourceAt: Node;
  readonly targetAt: Node;
  readonly call: BuilderCall;
}

/** An edge from several nodes. */
export interface LintJoin {
  readonly sources: readonly { readonly name: string; readonly at: Node }[];
  readonly target: string;
  readonly targetAt: Node;
  readonly call: BuilderCall;
}

/** A router, after a node. */
export interface LintRouter {
  readonly source: string;
  readonly sourceAt: Node;
  readonly code?: FunctionCode;
  /** Result → target. Absent: there is no path map; `unknown`: the text does not tell it. */
  readonly paths?: ReadonlyMap<string, Path> | 'unknown';
  /** The path map. */
  readonly pathsAt?: Node;
}

/** A target in a path map. */
export interface Path {
  readonly target: string;
  readonly at: Node;
}

/** A key of a state. */
export interface LintKey {
  readonly name: string;
  readonly at: Located;
  readonly reducer: KeyReducer;
  readonly value: StaticValue | undefined;
}

/** A graph with what the text says of it for certain. */
export interface LintGraph {
  readonly builder: BuilderDraft;
  /** It has no other nodes and no other edges. */
  readonly isClosed: boolean;
  readonly nodes: ReadonlyMap<string, LintNode>;
  readonly edges: readonly LintEdge[];
  readonly joins: readonly LintJoin[];
  readonly routers: readonly LintRouter[];
  /** Absent if the text does not tell all keys. */
  readonly state?: ReadonlyMap<string, LintKey>;
  /** Keys of the schemas of its input and output. Absent as `state` is. */
  readonly otherKeys?: ReadonlySet<string>;
  /** One of those schemas joins the writes of a key, or may do so. */
  readonly hasOtherReducers: boolean;
  /** It hands back other keys than those of its state. */
  readonly hasOutput: boolean;
}

/** Methods that leave nodes and edges as they are. */
const HARMLESS = new Set(['compile', 'setNodeDefaults']);

/** Brings together what the calls on a builder say. */
export function readGraph(builder: BuilderDraft): LintGraph {
  const reading = new Reading();
  for (const call of builder.calls) reading.read(call);
  const { nodes, edges, joins, routers } = reading;
  const [first, second] = builder.args.map(({ value }) => value);
  const parts = first?.kind === 'object' ? first : undefined;
  const state = keysOf(
    parts ? (memberOf(parts, 'state') ?? memberOf(parts, 'stateSchema')) : first,
  );
  const options = parts ?? second;
  const others = ['input', 'output', 'inputSchema', 'outputSchema'].flatMap((part) =>
    hasEntry(options, part) ? [keysOf(memberOf(options, part))] : [],
  );
  const inputs = [...nodes.values()].flatMap((node) =>
    node.options?.has('input') ? [keysOf(node.options.get('input')?.value)] : [],
  );
  const schemas = [...others, ...inputs];
  const otherKeys = namesOf(schemas);
  const hasOtherReducers = schemas.some(
    (keys) => !keys || [...keys.values()].some(({ reducer }) => reducer !== 'none'),
  );
  return {
    builder,
    isClosed: !builder.isOpen && reading.isWhole,
    nodes,
    edges,
    joins,
    routers,
    ...(state && { state }),
    ...(otherKeys && { otherKeys }),
    hasOtherReducers,
    hasOutput: hasEntry(options, 'output') || hasEntry(options, 'outputSchema'),
  };
}

class Reading {
  isWhole = true;
  readonly nodes = new Map<string, LintNode>();
  readonly edges: LintEdge[] = [];
  readonly joins: LintJoin[] = [];
  readonly routers: LintRouter[] = [];

  read(call: BuilderCall): void {
    const { method, args } = call;
    if (method === 'addNode') this.#addNodes(args, call);
    else if (method === 'addSequence') this.#addSequence(args, call);
    else if (method === 'addEdge') this.#addEdge(args, call);
    else if (method === 'setEntryPoint') this.#addPoint({ source: '__start__', args, call });
    else if (method === 'setFinishPoint') this.#addPoint({ target: '__end__', args, call });
    else if (method === 'addConditionalEdges') this.#addRouter(args);
    else if (!HARMLESS.has(method)) this.isWhole = false;
  }

  #addNodes(args: readonly Placed[], call: BuilderCall): string[] {
    const [first, action, options] = args;
    const value = certain(first?.value);
    if (first && value?.kind === 'text') {
      return [this.#addNode(value.text, { at: first.at, action: action?.value, options, call })];
    }
    if (value?.kind === 'object') {
      return [...value.entries].map(([name, { at, value: own }]) =>
        this.#addNode(name, { at, action: own }),
      );
    }
    if (value?.kind === 'array') {
      return value.items.flatMap(({ value: item }) => {
        const [name, own, given] = item?.kind === 'array' ? item.items : [];
        const text = textOf(name?.value);
        if (name && text !== undefined) {
          return [this.#addNode(text, { at: name.at, action: own?.value, options: given })];
        }
        this.isWhole = false;
        return [];
      });
    }
    this.isWhole = false;
    return [];
  }

  #addNode(
    name: string,
    {
      at,
      action,
      options,
      call,
    }: {
      at: Located;
      action: StaticValue | undefined;
      options?: Placed | undefined;
      call?: BuilderCall;
    },
  ): string {
    const known = certain(action);
    const given = options ? certain(options.value) : undefined;
    const entries = options ? given?.kind === 'object' && given.entries : new Map<string, Placed>();
    this.nodes.set(name, {
      name,
      at: at as Node,
      ...(call && { call }),
      ...(known?.kind === 'function' && { code: new FunctionCode(known.code, known.scope) }),
      ...(known?.kind === 'graph' && { subgraph: known.graph }),
      ...(entries && { options: entries }),
    });
    return name;
  }

  #addSequence(args: readonly Placed[], call: BuilderCall): void {
    const names = this.#addNodes(args, call);
    names.slice(1).forEach((target, i) => {
      const source = names[i]!;
      const [sourceAt, targetAt] = [this.nodes.get(source)!.at, this.nodes.get(target)!.at];
      this.edges.push({ source, target, sourceAt, targetAt, call });
    });
  }

  #addEdge([from, to]: readonly Placed[], call: BuilderCall): void {
    const target = textOf(to?.value);
    const source = certain(from?.value);
    if (!from || !to || target === undefined) this.isWhole = false;
    else if (source?.kind === 'text') {
      const [sourceAt, targetAt] = [from.at as Node, to.at as Node];
      this.edges.push({ source: source.text, target, sourceAt, targetAt, call });
    } else if (source?.kind === 'array') {
      const names = source.items.map(({ value, at }) => ({ name: textOf(value), at: at as Node }));
      const sources = names.flatMap(({ name, at }) => (name === undefined ? [] : [{ name, at }]));
      if (sources.length < names.length) this.isWhole = false;
      else this.joins.push({ sources, target, targetAt: to.at as Node, call });
    } else this.isWhole = false;
  }

  #addPoint({
    source,
    target,
    args: [at],
    call,
  }: {
    source?: string;
    target?: string;
    args: readonly Placed[];
    call: BuilderCall;
  }): void {
    const name = textOf(at?.value);
    if (!at || name === undefined) {
      this.isWhole = false;
      return;
    }
    const [sourceAt, targetAt] = [at.at as Node, at.at as Node];
    this.edges.push({ source: source ?? name, target: target ?? name, sourceAt, targetAt, call });
  }

  #addRouter(args: readonly Placed[]): void {
    const [first, second, third] = args;
    const options = certain(first?.value);
    const isOptions = options?.kind === 'object';
    const part = (name: string, plain: Placed | undefined) =>
      isOptions ? options.entries.get(name) : plain;
    const from = part('source', first);
    const source = textOf(from?.value);
    if (!from || source === undefined) {
      this.isWhole = false;
      return;
    }
    const action = certain(part('path', second)?.value);
    const map = part('pathMap', third);
    this.routers.push({
      source,
      sourceAt: from.at as Node,
      ...(action?.kind === 'function' && { code: new FunctionCode(action.code, action.scope) }),
      ...(map && { paths: pathsOf(map.value) ?? 'unknown', pathsAt: map.at as Node }),
    });
  }
}

function pathsOf(value: StaticValue | undefined): ReadonlyMap<string, Path> | undefined {
  const map = certain(value);
  const found =
    map?.kind === 'array'
      ? map.items.map((item) => [textOf(item.value), item] as const)
      : map?.kind === 'object'
        ? [...map.entries]
        : undefined;
  const paths = new Map<string, Path>();
  for (const [label, { value: target, at }] of found ?? []) {
    const name = textOf(target);
    if (label === undefined || name === undefined) return undefined;
    paths.set(label, { target: name, at: at as Node });
  }
  return found && paths;
}

/** The keys of a state; `undefined` if the text does not tell all of them. */
export function keysOf(schema: StaticValue | undefined): ReadonlyMap<string, LintKey> | undefined {
  const state = certain(schema);
  const spec = state?.kind === 'state' ? certain(state.spec) : undefined;
  if (spec?.kind !== 'object') return undefined;
  return new Map(
    [...spec.entries].map(([name, { value, at }]) => {
      const reducer = value?.isGuess ? 'unknown' : reducerOf(value);
      return [name, { name, at, reducer, value }];
    }),
  );
}

function reducerOf(value: StaticValue | undefined): KeyReducer {
  if (value?.kind === 'key') return value.reducer;
  return value?.kind === 'Annotation' || value?.kind === 'zodType' ? 'none' : 'unknown';
}

function namesOf(schemas: readonly (ReadonlyMap<string, LintKey> | undefined)[]) {
  const names = new Set<string>();
  for (const schema of schemas) {
    if (!schema) return undefined;
    for (const name of schema.keys()) names.add(name);
  }
  return names;
}

function hasEntry(value: StaticValue | undefined, name: string): boolean {
  return value?.kind === 'object' && value.entries.has(name);
}

/** A value, unless it is a guess. */
export function certain(value: StaticValue | undefined): StaticValue | undefined {
  return value?.isGuess ? undefined : value;
}

/** A text that is certain. */
export function textOf(value: StaticValue | undefined): string | undefined {
  return value?.kind === 'text' && !value.isGuess ? value.text : undefined;
}

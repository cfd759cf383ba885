import type { InputType } from './inputType.ts';
import type { SourceRange, StaticEdge, StaticGraph, StaticNode } from './staticGraph.ts';
import { memberOf, textOf, type Located, type Placed, type StaticValue } from './staticValue.ts';

/** A compiled graph, or an entrypoint, as far as it was read. */
export interface GraphDraft {
  readonly builder: BuilderDraft;
  readonly name?: string;
  /** Of the call that makes it, for a graph that a function makes; else that of its builder. */
  readonly range?: SourceRange;
  /** Of its methods, by the code of the file. */
  readonly calls: BuilderCall[];
  /** Variable that holds it. */
  localName?: string;
  exportName?: string;
  /** It stands in a function, and every call makes another one. */
  isTemplate?: boolean;
  /** A function that is exported under its name makes it. */
  isFactory?: true;
  /** It is made in a function, and nobody outside has it by itself. */
  isInFunction?: true;
}

/** One call of a builder's or a graph's method, in the order of the text. */
export interface BuilderCall {
  readonly method: string;
  readonly args: readonly Placed[];
  /** The call, with all of the chain before it. */
  readonly at: Located;
  /** The method's name. */
  readonly name: Located;
}

interface Router {
  readonly source: string;
  /** Label → target; absent without a path map. */
  readonly paths?: ReadonlyMap<string, string>;
}

/** Collects what the method calls on one `StateGraph` say. */
export class BuilderDraft {
  readonly kind: StaticGraph['kind'];
  readonly range: SourceRange;
  localName?: string;
  exportName?: string;
  /** A function that is exported under its name makes it. */
  isFactory?: true;
  isCompiled = false;
  /** What the text does not tell may change it, too: a loop, a condition, another function. */
  isOpen = false;
  /** The function body or branch in which it was made. */
  readonly region: unknown;
  readonly calls: BuilderCall[] = [];
  /** The arguments of the constructor. */
  args: readonly Placed[] = [];
  /** Types of the input's keys; `isOwn` where the input has a schema of its own. */
  input: { readonly isOwn: boolean; readonly types: ReadonlyMap<string, InputType> } = {
    isOwn: false,
    types: new Map(),
  };
  readonly #nodes = new Map<string, StaticNode & { graph?: GraphDraft }>();
  readonly #edges: StaticEdge[] = [];
  readonly #joins = new Map<string, string[][]>();
  readonly #routers: Router[] = [];
  /** Where nodes may go by a command; drawn after the routers, as the engine does. */
  readonly #ends: Router[] = [];

  constructor(kind: StaticGraph['kind'], range: SourceRange, region?: unknown) {
    this.kind = kind;
    this.range = range;
    this.region = region;
  }

  /** Reads the arguments of the constructor, for the keys of its input. */
  takes(args: readonly Placed[]): void {
    this.args = args;
    const [first, second] = args.map(({ value }) => value);
    const options = first?.kind === 'object' ? first : second;
    const input = memberOf(options, 'input');
    const state = first?.kind === 'object' ? memberOf(first, 'state') : first;
    const isOwn = options?.kind === 'object' && options.entries.has('input');
    const spec = memberOf(isOwn ? input : state, 'spec');
    const entries = spec?.kind === 'object' ? [...spec.entries] : [];
    this.input = {
      isOwn,
      types: new Map(
        entries.flatMap(([key, { value }]) => {
          const type =
            value?.kind === 'Annotation' || value?.kind === 'key' ? value.type : undefined;
          return type ? [[key, type]] : [];
        }),
      ),
    };
  }

  /** Reads one call of a builder's method; `compile()` gives a graph, all else the builder. */
  call(call: BuilderCall): StaticValue {
    this.calls.push(call);
    const { method, args } = call;
    switch (method) {
      case 'compile':
        this.isCompiled = true;
        return { kind: 'graph', graph: graphOf(this, memberOf(args[0]?.value, 'name')) };
      case 'addNode':
        this.#addNodes(args);
        break;
      case 'addSequence':
        this.#addSequence(args);
        break;
      case 'addEdge':
        this.#addEdges(args.map(({ value }) => value));
        break;
      case 'setEntryPoint':
        this.#addEdge('__start__', args[0]?.value);
        break;
      case 'setFinishPoint':
        for (const source of texts(args[0]?.value)) this.#edges.push(edge(source, '__end__'));
        break;
      case 'addConditionalEdges':
        this.#addRouter(args.map(({ value }) => value));
        break;
    }
    return { kind: 'builder', builder: this };
  }

  #addNodes([first, second, third]: readonly Placed[]): string[] {
    if (first?.value?.kind === 'object') {
      const entries = [...first.value.entries];
      return entries.flatMap(([name, { at, value }]) => this.#addNode({ name, at, action: value }));
    }
    if (first?.value?.kind === 'array') {
      return first.value.items.flatMap(({ value }) =>
        value?.kind === 'array' ? this.#addNodes(value.items) : [],
      );
    }
    const name = textOf(first?.value);
    if (name === undefined || !first) return [];
    const end = (third ?? second)?.at;
    const [action, options] = [second?.value, third?.value];
    return this.#addNode({ name, at: first.at, ...(end && { end }), action, options });
  }

  #addNode({ name, at, end, action, options }: NodeCall): [string] {
    const graph = action?.kind === 'graph' ? { graph: action.graph } : {};
    if (!this.#nodes.has(name)) {
      const range = rangeOf(at);
      const defer = memberOf(options, 'defer')?.kind === 'true' && ({ defer: true } as const);
      const definition = end && definitionOf(range, end);
      this.#nodes.set(name, { name, range, ...definition, ...graph, ...defer });
    }
    const ends = memberOf(options, 'ends');
    // A record of ends has the targets as keys.
    const paths = ends?.kind === 'object' ? [...pathsOf(ends)].map(swap) : pathsOf(ends);
    if (ends) this.#ends.push({ source: name, paths: new Map(paths) });
    return [name];
  }

  #addSequence(args: readonly Placed[]): void {
    const names = this.#addNodes(args);
    names.slice(1).forEach((name, i) => this.#edges.push(edge(names[i] ?? '', name)));
  }

  #addEdge(source: string, target: StaticValue | undefined): void {
    const name = textOf(target);
    if (name !== undefined) this.#edges.push(edge(source, name));
  }

  #addEdges([from, target]: readonly (StaticValue | undefined)[]): void {
    const sources = [...texts(from)];
    for (const source of sources) this.#addEdge(source, target);
    const name = textOf(target);
    if (sources.length < 2 || name === undefined) return;
    this.#joins.set(name, [...(this.#joins.get(name) ?? []), [...new Set(sources)]]);
  }

  #addRouter([first, , map]: readonly (StaticValue | undefined)[]): void {
    const isOptions = first?.kind === 'object';
    const source = textOf(isOptions ? memberOf(first, 'source') : first);
    if (source === undefined) return;
    const pathMap = isOptions ? memberOf(first, 'pathMap') : map;
    this.#routers.push({ source, ...(pathMap && { paths: pathsOf(pathMap) }) });
  }

  /** Nodes and edges as plain data, once everything is read. */
  finish(): Pick<StaticGraph, 'nodes' | 'edges'> {
    const names = [...this.#nodes.keys()];
    const routed = [...this.#routers, ...this.#ends].flatMap(({ source, paths }) => {
      // The same answer as the engine's: without a path map a router may go anywhere else.
      const anywhere = [...names.filter((name) => name !== source), '__end__'];
      return [...(paths ?? new Map(anywhere.map((name) => [name, name])))].map(
        ([label, target]) => ({
          source,
          target,
          conditional: true,
          ...(label !== target && { label }),
        }),
      );
    });
    const nodes = [...this.#nodes.values()].map(({ graph, ...node }) => ({
      ...node,
      ...(graph && { subgraph: localNameOf(graph) }),
      ...(this.#joins.has(node.name) && { joins: this.#joins.get(node.name)! }),
    }));
    return { nodes, edges: [...this.#edges, ...routed] };
  }
}

interface NodeCall {
  readonly name: string;
  readonly at: Located;
  /** The last argument. Default: there is the name only. */
  readonly end?: Located;
  readonly action: StaticValue | undefined;
  readonly options?: StaticValue | undefined;
}

function definitionOf(name: SourceRange, end: Located): Pick<StaticNode, 'definition'> {
  const { endLine1, endColumn1 } = rangeOf(end);
  return { definition: { ...name, endLine1, endColumn1 } };
}

/** A graph of a builder, named by what `compile` or `entrypoint` was given. */
export function graphOf(builder: BuilderDraft, name: StaticValue | undefined): GraphDraft {
  const text = textOf(name);
  return { builder, calls: [], ...(text !== undefined && { name: text }) };
}

/** The name that stands for a graph in the source, even if it is used where it is made. */
export function localNameOf({ localName, exportName, builder, name }: GraphDraft): string {
  return localName ?? exportName ?? builder.localName ?? name ?? builder.kind;
}

/** A node's place in the text, 1-based. */
export function rangeOf(at: Located): SourceRange {
  const { start, end } = at.loc ?? NOWHERE;
  return {
    line1: start.line,
    column1: start.column + 1,
    endLine1: end.line,
    endColumn1: end.column + 1,
  };
}

const NOWHERE = { start: { line: 1, column: 0 }, end: { line: 1, column: 0 } };

function edge(source: string, target: string): StaticEdge {
  return { source, target, conditional: false };
}

/** The texts in a text, a list or the values of an object. */
function texts(value: StaticValue | undefined): string[] {
  if (value?.kind === 'text') return [value.text];
  if (value?.kind === 'array') return value.items.flatMap((item) => texts(item.value));
  if (value?.kind === 'object') return [...value.entries.values()].flatMap((e) => texts(e.value));
  return [];
}

/** Results and targets of a path map; in a list the targets are the results. */
function pathsOf(value: StaticValue | undefined): Map<string, string> {
  if (value?.kind !== 'object') return new Map(texts(value).map((name) => [name, name]));
  const entries = [...value.entries].map(([label, entry]) => [label, textOf(entry.value)] as const);
  return new Map(entries.filter((path): path is [string, string] => path[1] !== undefined));
}

function swap([a, b]: [string, string]): [string, string] {
  return [b, a];
}

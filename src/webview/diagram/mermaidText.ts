import type { DiagramModel, ModelBlock, ModelEdge, ModelNode } from './diagramModel.ts';

/** Top to bottom, or left to right. */
export type Direction = 'TD' | 'LR';

/** An edge as the text names it, by the ids of the text. */
export interface WrittenEdge {
  readonly from: string;
  readonly to: string;
  readonly edge: ModelEdge;
  /** It leads from the bar of a join to the node that waits for these. */
  readonly joined?: readonly string[];
}

/** A text to draw, and what stands in it. */
export interface WrittenText {
  readonly text: string;
  /** Ids in the text, by those of nodes and subgraphs. */
  readonly ids: ReadonlyMap<string, string>;
  readonly edges: readonly WrittenEdge[];
}

/** Names longer than this are cut in the drawing; list and tooltip have them whole. */
const MAX_LABEL = 48;

/**
 * Writes a model as a Mermaid flowchart fit for the panel. Names get ids of our own, since Mermaid trips
 * over some (`constructor`); labels become entity codes, so that it reads no Markdown, HTML or icon in them;
 * colours are the editor's; START and END become pills, and edges from several nodes meet in a bar.
 */
export function writeMermaid(model: DiagramModel, direction: Direction): WrittenText {
  return new Writer(model).write(direction);
}

class Writer {
  readonly #model: DiagramModel;
  readonly #ids = new Map<string, string>();
  readonly #edges: WrittenEdge[] = [];
  readonly #edgesOf: ReadonlyMap<string | undefined, readonly ModelEdge[]>;
  readonly #nodesOf: ReadonlyMap<string | undefined, readonly ModelNode[]>;
  readonly #blocksOf: ReadonlyMap<string | undefined, readonly ModelBlock[]>;
  /** The bars before a node, with what they wait for. */
  readonly #bars = new Map<
    string,
    { readonly id: string; readonly sources: readonly string[] }[]
  >();

  /** Who called a node that is called. */
  readonly #callers: ReadonlyMap<string, string>;

  constructor(model: DiagramModel) {
    this.#model = model;
    this.#callers = new Map(
      model.edges
        .filter(({ kind }) => kind === 'called')
        .map(({ source, target }) => [target, source]),
    );
    const isCalled = ({ kind }: ModelNode) => kind === 'called';
    const named = [
      ...model.nodes.filter((node) => !isCalled(node)),
      ...model.blocks,
      ...model.nodes.filter(isCalled),
    ];
    for (const { id } of named) this.#ids.set(id, `n${this.#ids.size}`);
    this.#edgesOf = Map.groupBy(model.edges, ({ block }) => block);
    this.#nodesOf = Map.groupBy(model.nodes, ({ block }) => block);
    this.#blocksOf = Map.groupBy(model.blocks, ({ block }) => block);
    let bars = 0;
    for (const { id, joins } of model.nodes) {
      const known = joins.filter((sources) => sources.length > 1);
      if (known.length === 0) continue;
      this.#bars.set(
        id,
        known.map((sources) => ({ id: `j${bars++}`, sources })),
      );
    }
  }

  write(direction: Direction): WrittenText {
    const nodes = this.#model.nodes.filter(({ kind }) => kind !== 'called');
    const lines = [
      `graph ${direction};`,
      ...nodes.map((node) => this.#node(node)),
      ...this.#inside(undefined),
      ...this.#order(),
    ];
    return { text: `${lines.join('\n')}\n`, ids: this.#ids, edges: this.#edges };
  }

  #inside(block: string | undefined): string[] {
    const nodes = this.#nodesOf.get(block) ?? [];
    const edges = (this.#edgesOf.get(block) ?? []).filter(({ kind }) => kind !== 'called');
    const blocks = (this.#blocksOf.get(block) ?? []).flatMap(({ id, name }) => [
      `subgraph ${this.#idOf(id)}["${toLabel(name)}"]`,
      ...this.#inside(id),
      'end',
    ]);
    const own = edges.flatMap((edge) => this.#edge(edge));
    const bars = nodes.flatMap(({ id }) => this.#barsOf(id));
    const called = nodes
      .filter(({ kind }) => kind === 'called')
      .flatMap((node) => this.#called(node));
    if (block === undefined) return [...own, ...bars, ...blocks, ...called];
    const named = new Set(edges.flatMap(({ source, target }) => [source, target]));
    const alone = nodes.filter(({ id, kind }) => kind !== 'called' && !named.has(id));
    return [...blocks, ...own, ...bars, ...alone.map(({ id }) => this.#idOf(id)), ...called];
  }

  #node({ id, name, kind, facts, isDeferred }: ModelNode): string {
    const alias = this.#idOf(id);
    if (kind === 'start' || kind === 'end') {
      return `${alias}(["${kind.toUpperCase()}"]):::terminal`;
    }
    const notes = facts.map((fact) => `<br/><small>${toLabel(fact)}</small>`).join('');
    const look = kind === 'folded' ? ':::folded' : isDeferred ? ':::deferred' : '';
    return `${alias}("${toLabel(name)}${notes}")${look}`;
  }

  #called({ id, name }: ModelNode): string[] {
    const [from, to] = [this.#idOf(this.#callers.get(id)!), this.#idOf(id)];
    return [`${to}("${toLabel(name)}"):::called`, `${from} -.- ${to}`];
  }

  #edge(edge: ModelEdge): string[] {
    const { source, target, kind, label } = edge;
    const bars = this.#bars.get(target)?.filter(({ sources }) => sources.includes(source)) ?? [];
    const isJoined = kind === 'always' && bars.length > 0;
    const from = this.#idOf(source);
    const targets = isJoined ? bars.map(({ id }) => id) : [this.#idOf(target)];
    return targets.map((to) => {
      this.#edges.push({ from, to, edge });
      const [start, end] = kind === 'always' ? ['--', '-->'] : ['-.', '.->'];
      if (label === undefined)
        return `${from} ${isJoined ? '---' : kind === 'always' ? '-->' : '-.->'} ${to}`;
      return `${from} ${start} "${toLabel(label)}" ${end} ${to}`;
    });
  }

  #barsOf(target: string): string[] {
    return (this.#bars.get(target) ?? []).flatMap(({ id, sources }) => {
      const to = this.#idOf(target);
      const edge: ModelEdge = { source: sources[0]!, target, kind: 'always' };
      this.#edges.push({ from: id, to, edge, joined: sources });
      return [`${id}@{ shape: fork }`, `class ${id} join`, `${id} --> ${to}`];
    });
  }

  /** Unseen edges that put what a node called before what follows it. */
  #order(): string[] {
    const callers = this.#callers;
    if (callers.size === 0) return [];
    const targets = Map.groupBy(
      this.#model.edges.filter(
        ({ kind, source, target }) => kind !== 'called' && source !== target,
      ),
      ({ source }) => source,
    );
    return [...callers.keys()].flatMap((called) => {
      let caller = called;
      for (let at = callers.get(caller); at !== undefined; at = callers.get(caller)) caller = at;
      const after = new Set((targets.get(caller) ?? []).map(({ target }) => target));
      return [...after].map((target) => `${this.#idOf(called)} ~~~ ${this.#idOf(target)}`);
    });
  }

  #idOf(id: string): string {
    let alias = this.#ids.get(id);
    if (alias === undefined) this.#ids.set(id, (alias = `n${this.#ids.size}`));
    return alias;
  }
}

/** The name as a whole, where the drawing has only its beginning. */
export function cutName(text: string): string | undefined {
  return shortName(text) === text ? undefined : text;
}

/** A name as it stands in the drawing. */
export function shortName(text: string): string {
  const characters = [...text.replaceAll(/[\r\n]+/g, ' ')];
  if (characters.length <= MAX_LABEL) return characters.join('');
  return [...characters.slice(0, MAX_LABEL - 1), '…'].join('');
}

/** Everything but letters, digits and spaces as a code that Mermaid turns into the character. */
function toLabel(text: string): string {
  const codes = [...shortName(text)].map((character) => {
    if (/[\p{L}\p{M}\p{N} ]/u.test(character)) return character;
    const code = character.codePointAt(0) ?? 0;
    return code < 32 ? ' ' : `#${code};`;
  });
  return codes.join('').trim() || '#160;';
}

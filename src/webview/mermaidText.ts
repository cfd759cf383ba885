import type { DiagramNode } from '../protocol/webviewMessages.ts';

/** Top to bottom, or left to right. */
export type Direction = 'TD' | 'LR';

/** A node that the text does not hold, since code called it: it hangs on the node that did. */
export interface CalledNode {
  readonly id: string;
  readonly name: string;
  readonly parent: string;
}

/** A diagram as the engine writes it, and what is to be added to it. */
export interface DiagramSource {
  readonly mermaid: string;
  readonly nodes: readonly DiagramNode[];
  /** Default none. A node whose parent is not drawn is not drawn either. */
  readonly called?: readonly CalledNode[];
}

/** The text to draw, and what stands in it. */
export interface PreparedText {
  readonly text: string;
  /**
   * The given nodes, those called by them and the expanded subgraphs around them; `mermaidId` is that
   * of `text`.
   */
  readonly nodes: readonly DiagramNode[];
}

/** Names longer than this are cut in the drawing; list and tooltip have them whole. */
const MAX_LABEL = 48;

const SKIPPED = /^\s*(%%|classDef |graph |flowchart |$)/;
const SUBGRAPH = /^\s*subgraph ([\w-]+)(?:\s*\[(.*)\])?$/su;
const BLOCK_END = /^\s*end;?$/;
const NODE = /^\s*([\w-]+)(?:\(\[|\(|\[)(.*?)(?:\]\)|\)|\])(?::::\w+)?;?$/su;
const EDGE = /^\s*([\w-]+) (-->|-\.->) ([\w-]+);?$/;
const LABELLED_EDGE = /^\s*([\w-]+) (--|-\.) (.*) (-->|\.->) ([\w-]+);?$/su;
const NAME_ONLY = /^\s*([\w-]+);?$/;

/**
 * Makes the engine's Mermaid text fit for the panel. Names get ids of our own, since Mermaid trips
 * over some (`constructor`); labels become entity codes, so that it reads no Markdown, HTML or icon
 * in them; baked colours and directives go, since the panel has the editor's; START and END become
 * pills. A text in another form than the engine's is drawn as it stands.
 */
export function prepareText(
  { mermaid, nodes, called = [] }: DiagramSource,
  direction: Direction,
): PreparedText {
  // Metadata is the one thing that goes over several lines.
  const lines = mermaid
    .replaceAll(/<em>[^<]*<\/em>/g, (em) => em.replaceAll('\n', '<br/>'))
    .split('\n')
    .filter((line) => !SKIPPED.test(line));
  const rewriter = new Rewriter(nodes, called);
  const rewritten = [...lines.map((line) => rewriter.rewrite(line)), ...rewriter.rest()];
  const isKnown = rewritten.every((line) => line !== undefined);
  return {
    text: [`graph ${direction};`, ...(isKnown ? rewritten : lines), ''].join('\n'),
    nodes: isKnown ? rewriter.nodes() : nodes,
  };
}

class Rewriter {
  readonly #given: ReadonlyMap<string, DiagramNode>;
  readonly #clusters = new Map<string, DiagramNode>();
  readonly #aliases = new Map<string, string>();
  readonly #called: readonly CalledNode[];
  /** Where the edges of a node lead. */
  readonly #targets = new Map<string, Set<string>>();
  /** What was called, and the given node that it hangs on at last. */
  readonly #hung = new Map<string, string>();
  /** Names of the blocks around the present line. */
  readonly #path: string[] = [];

  constructor(nodes: readonly DiagramNode[], called: readonly CalledNode[]) {
    this.#given = new Map(nodes.map((node) => [node.mermaidId, node]));
    this.#called = called;
  }

  /** What is called follows its caller. */
  nodes(): DiagramNode[] {
    const all = new Map([...this.#clusters, ...this.#given]);
    const withCalled = (node: DiagramNode): DiagramNode[] => [
      { ...node, mermaidId: this.#alias(node.mermaidId) },
      ...this.#called
        .filter(({ parent }) => parent === node.id)
        .flatMap(({ id, name }) => withCalled({ id, name, mermaidId: keyOf(id) })),
    ];
    return [...all.values()].flatMap(withCalled);
  }

  /** Lines for the end of the text: unseen edges put what a node called before what follows it. */
  rest(): string[] {
    const called = this.#calledIn('');
    const order = [...this.#hung].flatMap(([alias, caller]) =>
      [...(this.#targets.get(caller) ?? [])].map((target) => `${alias} ~~~ ${target}`),
    );
    return [...called, ...order];
  }

  /** Lines for what was called inside of one block, by its id; `''` for outside of all. */
  #calledIn(block: string): string[] {
    const lines: string[] = [];
    const add = (caller: string, callerId: string, node: string) => {
      for (const { id, name, parent } of this.#called) {
        if (parent !== callerId) continue;
        const alias = this.#alias(keyOf(id));
        lines.push(`${alias}("${toLabel(name)}"):::called`, `${caller} -.- ${alias}`);
        this.#hung.set(alias, node);
        add(alias, id, node);
      }
    };
    for (const { id, name, mermaidId } of this.#given.values()) {
      const alias = this.#alias(mermaidId);
      if (id === (block === '' ? name : `${block}:${name}`)) add(alias, id, alias);
    }
    return lines;
  }

  /** Returns `undefined` for a line that the engine does not write. */
  rewrite(line: string): string | undefined {
    if (BLOCK_END.test(line)) {
      const called = this.#calledIn(this.#path.join(':'));
      this.#path.pop();
      return [...called, 'end'].join('\n');
    }
    const [subgraph, block, title] = SUBGRAPH.exec(line) ?? [];
    if (subgraph !== undefined) return this.#block(block ?? '', title);
    const [node, id, label] = NODE.exec(line) ?? [];
    if (node !== undefined) return this.#node(id ?? '', label ?? '');
    const [edge, from, arrow, to] = EDGE.exec(line) ?? [];
    if (edge !== undefined) {
      this.#noteEdge(from, to);
      return `${this.#alias(from)} ${arrow} ${this.#alias(to)}`;
    }
    const [labelled, source, start, text, end, target] = LABELLED_EDGE.exec(line) ?? [];
    if (labelled !== undefined) {
      const words = plainText(text ?? '')
        .replaceAll(/\s+/g, ' ')
        .trim();
      const middle =
        words === '' ? `${start}${end?.slice(1)}` : `${start} "${toLabel(words)}" ${end}`;
      this.#noteEdge(source, target);
      return `${this.#alias(source)} ${middle} ${this.#alias(target)}`;
    }
    const [only, alone] = NAME_ONLY.exec(line) ?? [];
    return only === undefined ? undefined : this.#alias(alone);
  }

  #noteEdge(from = '', to = ''): void {
    if (from === to) return;
    const [source, target] = [this.#alias(from), this.#alias(to)];
    this.#targets.set(source, (this.#targets.get(source) ?? new Set()).add(target));
  }

  #block(mermaidId: string, title: string | undefined): string {
    const name = title === undefined ? mermaidId : plainText(title);
    this.#path.push(name);
    this.#clusters.set(mermaidId, { id: this.#path.join(':'), name, mermaidId });
    return `subgraph ${this.#alias(mermaidId)}["${toLabel(name)}"]`;
  }

  #node(mermaidId: string, label: string): string {
    const [first = '', ...facts] = plainText(label).split('\n');
    const name = this.#given.get(mermaidId)?.name ?? first;
    const alias = this.#alias(mermaidId);
    const terminal = TERMINALS.get(name);
    if (terminal !== undefined) return `${alias}(["${terminal}"]):::terminal`;
    const notes = facts.map((fact) => `<br/><small>${toLabel(fact)}</small>`).join('');
    const deferred = facts.some((fact) => /^defer\b/.test(fact));
    return `${alias}("${toLabel(name)}${notes}")${deferred ? ':::deferred' : ''}`;
  }

  #alias(id = ''): string {
    let alias = this.#aliases.get(id);
    if (alias === undefined) this.#aliases.set(id, (alias = `n${this.#aliases.size}`));
    return alias;
  }
}

/** Names a called node among those of the text, whose ids have no blank. */
function keyOf(id: string): string {
  return `called ${id}`;
}

/** A label as its reader sees it: without the tags and entities that the engine writes. */
function plainText(label: string): string {
  return label
    .replace(/^"(.*)"$/su, '$1')
    .replaceAll(/<(?:br|hr)\s*\/?>/g, '\n')
    .replaceAll(/<\/?(?:p|small|em)>/g, '')
    .replaceAll('&nbsp;', ' ')
    .replaceAll(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}

const TERMINALS: ReadonlyMap<string, string> = new Map([
  ['__start__', 'START'],
  ['__end__', 'END'],
]);

/** Everything but letters, digits and spaces as a code that Mermaid turns into the character. */
function toLabel(text: string): string {
  const characters = [...text];
  const short = characters.length <= MAX_LABEL ? characters : characters.slice(0, MAX_LABEL - 1);
  if (short !== characters) short.push('…');
  const codes = short.map((character) => {
    if (/[\p{L}\p{M}\p{N} ]/u.test(character)) return character;
    const code = character.codePointAt(0) ?? 0;
    return code < 32 ? ' ' : `#${code};`;
  });
  return codes.join('').trim() || '#160;';
}

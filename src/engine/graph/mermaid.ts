import type { DrawableEdge, DrawableNode, GraphDrawing } from './describe.ts';
import { idsAroundNode } from '../model/nodeId.ts';

/** How a diagram is written. */
export interface DrawOptions {
  /** Default `TD`, top down. */
  direction?: 'TD' | 'LR' | 'BT' | 'RL';
  /** Without styles only the direction and the edges are written. Default `true`. */
  withStyles?: boolean;
  /** Shape of the lines, a curve of d3. Default `linear`. */
  curveStyle?: string;
  /** CSS of the first, the last and the other nodes. */
  nodeColors?: Partial<Record<'default' | 'first' | 'last', string>>;
  /** After how many words an edge's label is broken. Default 9. */
  wrapLabelNWords?: number;
}

const COLORS = {
  default: 'fill:#f2f0ff,line-height:1.2',
  first: 'fill-opacity:0',
  last: 'fill:#bfb6fc',
};

/** Words that Mermaid reads as syntax at the start of a node's id, also with a hyphen after them. */
const KEYWORD =
  /^(?:end|graph|flowchart|flowchart-elk|swimlane-beta|subgraph|style|linkstyle|interpolate|classdef|class|click|default|direction|href|call|_self|_blank|_parent|_top)(?!\w)/i;

/** Writes a description as a Mermaid flowchart. Pure: the same description gives the same text. */
export function drawMermaid(graph: GraphDrawing, options: DrawOptions = {}): string {
  const {
    direction = 'TD',
    withStyles = true,
    curveStyle = 'linear',
    wrapLabelNWords = 9,
  } = options;
  const ids = mermaidIds(graph);
  const lines: string[] = [];
  if (withStyles) {
    lines.push(`%%{init: {'flowchart': {'curve': '${curveStyle}'}}}%%`, `graph ${direction};`);
    lines.push(...nodeLines(graph, ids));
  } else lines.push(`graph ${direction};`);

  const root = blockTree(graph);
  const writeEdge = (edge: DrawableEdge) =>
    `\t${ids.get(edge.source)!}${arrow(edge, wrapLabelNWords)}${ids.get(edge.target)!};`;
  const [loops, others] = partition(root.edges, (edge) => edge.source === edge.target);
  lines.push(...others.map(writeEdge), ...loops.map(writeEdge));
  const writeBlock = (block: Block) => {
    lines.push(`\tsubgraph ${blockTitle(block, ids.get(block.id)!)}`);
    for (const inner of block.blocks.values()) writeBlock(inner);
    lines.push(...block.edges.map(writeEdge));
    for (const id of block.alone) lines.push(`\t${ids.get(id)!}`);
    lines.push('\tend');
  };
  for (const block of root.blocks.values()) writeBlock(block);

  if (withStyles) {
    const colors = { ...COLORS, ...options.nodeColors };
    for (const [name, css] of Object.entries(colors)) lines.push(`\tclassDef ${name} ${css};`);
  }
  return `${lines.join('\n')}\n`;
}

/** A distinct id in the Mermaid text for each node and each expanded subgraph. */
export function mermaidIds({ nodes }: GraphDrawing): Map<string, string> {
  const ids = new Map<string, string>();
  const taken = new Set<string>();
  const give = (id: string) => {
    if (ids.has(id)) return;
    // A hyphen is safe only inside a word: else it may become part of an arrow.
    const word = id.replace(/[^A-Za-z0-9_-]|(?<!\w)-|-(?!\w)/g, '_').replace(KEYWORD, '$&_');
    // Mermaid keeps some things by id in plain objects, where these names mean something else.
    const base = word in Object.prototype ? `${word}_` : word;
    let unique = base;
    for (let n = 2; taken.has(unique); n++) unique = `${base}_${n}`;
    taken.add(unique);
    ids.set(id, unique);
  };
  for (const id of Object.keys(nodes)) give(id);
  for (const id of Object.keys(nodes)) for (const outer of idsAroundNode(id)) give(outer);
  return ids;
}

function nodeLines({ nodes, edges }: GraphDrawing, ids: ReadonlyMap<string, string>): string[] {
  const targets = new Set(edges.map((edge) => edge.target));
  const sources = new Set(edges.map((edge) => edge.source));
  const all = Object.values(nodes);
  const firsts = all.filter(({ id }) => !targets.has(id));
  const lasts = all.filter(({ id }) => !sources.has(id));
  return all.map((node) => {
    const id = ids.get(node.id)!;
    if (firsts.length === 1 && firsts[0] === node) return `\t${id}([${label(node)}]):::first`;
    if (lasts.length === 1 && lasts[0] === node) return `\t${id}([${label(node)}]):::last`;
    return `\t${id}(${label(node)})`;
  });
}

/** A label without quotes where Mermaid takes it as it stands, which is how the peer writes it. */
function label({ name, metadata }: DrawableNode): string {
  const text = /^([_*`])[^]*\1$/.test(name) ? `<p>${escape(name)}</p>` : escape(name);
  const facts = Object.entries(metadata ?? {}).filter(([, value]) => isFact(value));
  const extra = facts.map(([key, value]) => `${escape(key)} = ${escape(String(value))}`).join('\n');
  const whole = extra === '' ? text : `${text}<hr/><small><em>${extra}</em></small>`;
  const plain =
    isPlain(name) && facts.every(([key, value]) => isPlain(key) && isPlain(String(value)));
  return plain ? whole : `"${whole}"`;
}

function isFact(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => isFact(item) && !Array.isArray(item));
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function isPlain(text: string): boolean {
  const isKeyword = KEYWORD.exec(text)?.[0] === text;
  return /^[A-Za-z0-9_ ,-]*$/.test(text) && !/^-|-$/.test(text) && !isKeyword;
}

/**
 * Mermaid's own entities. It looks for comments, `style:` and `direction TB` before it looks for
 * quotes; a leading `1.` or `- ` would be read as a list.
 */
function escape(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/[#"<>&`\\%:]/g, (char) => `#${char.codePointAt(0)};`)
    .replace(/direction(?=\s+(?:TB|BT|RL|LR|TD))/g, '#100;irection')
    .replace(/^(\s*\d+)\./, '$1#46;')
    .replace(/^([-+*]) /, (_, char: string) => `#${char.codePointAt(0)}; `);
}

function arrow({ data, conditional }: DrawableEdge, wordsPerLine: number): string {
  if (data === undefined) return conditional ? ' -.-> ' : ' --> ';
  const words = escape(data).split(' ');
  const rows: string[] = [];
  for (let i = 0; i < words.length; i += wordsPerLine) {
    rows.push(words.slice(i, i + wordsPerLine).join(' '));
  }
  const text = `&nbsp;${rows.join('&nbsp;<br>&nbsp;')}&nbsp;`;
  const safe = isPlain(data) && !/--/.test(data) ? text : `"${text}"`;
  return conditional ? ` -. ${safe} .-> ` : ` -- ${safe} --> `;
}

/** A subgraph of the drawing: the edges that lie in it, and in no subgraph further inside. */
interface Block {
  readonly id: string;
  readonly blocks: Map<string, Block>;
  readonly edges: DrawableEdge[];
  /** Nodes that no edge of the block names, and that belong into it all the same. */
  readonly alone: string[];
}

function blockTree({ nodes, edges }: GraphDrawing): Block {
  const newBlock = (id: string): Block => ({ id, blocks: new Map(), edges: [], alone: [] });
  const root = newBlock('');
  const blockAt = (path: readonly string[]) => {
    let block = root;
    for (const id of path) {
      let inner = block.blocks.get(id);
      if (inner === undefined) block.blocks.set(id, (inner = newBlock(id)));
      block = inner;
    }
    return block;
  };
  const placed = new Set<string>();
  for (const id of Object.keys(nodes)) blockAt(idsAroundNode(id));
  for (const edge of edges) {
    const blocks = idsAroundNode(edge.source);
    const target = idsAroundNode(edge.target);
    const common = blocks.filter((id, i) => target[i] === id);
    blockAt(common).edges.push(edge);
    if (common.length === blocks.length) placed.add(edge.source);
    if (common.length === target.length) placed.add(edge.target);
  }
  for (const id of Object.keys(nodes)) {
    const blocks = idsAroundNode(id);
    if (blocks.length > 0 && !placed.has(id)) blockAt(blocks).alone.push(id);
  }
  return root;
}

function blockTitle({ id }: Block, mermaidId: string): string {
  const name = id.slice(id.lastIndexOf(':') + 1);
  return name === mermaidId ? name : `${mermaidId}["${escape(name)}"]`;
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [yes: T[], no: T[]] {
  const yes: T[] = [];
  const no: T[] = [];
  for (const item of items) (test(item) ? yes : no).push(item);
  return [yes, no];
}

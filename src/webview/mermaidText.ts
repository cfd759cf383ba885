import type { DiagramNode } from '../protocol/webviewMessages.ts';

/** Top to bottom, or left to right. */
export type Direction = 'TD' | 'LR';

/** The text to draw, and what the panel must know of it beyond its nodes. */
export interface PreparedText {
  readonly text: string;
  /** The boxes around expanded subgraphs, outer ones first. `id` is the subgraph node's. */
  readonly clusters: readonly DiagramNode[];
}

/** Names longer than this are cut in the drawing; list and tooltip have them whole. */
const MAX_LABEL = 48;

const SHAPE = /^\s*([\w-]+)(\(\[|\(\(|\(|\[|\{)(.*?)(\]\)|\)\)|\)|\]|\})(:::\w+)?;?$/su;
const EDGE = /^\s*([\w-]+) (--|-\.) (.*) (-->|\.->) ([\w-]+);?$/su;
const SUBGRAPH = /^\s*subgraph ([\w-]+)(?:\s*\[(.*)\])?$/su;

/**
 * Makes the engine's Mermaid text fit for the panel. Labels become entity codes, so that Mermaid
 * reads no Markdown, HTML or icon in them; baked colours and directives go, since the panel has the
 * editor's colours; START and END become pills. What it does not know stays as it is.
 */
export function prepareText(
  mermaid: string,
  nodes: readonly DiagramNode[],
  direction: Direction,
): PreparedText {
  const named = new Map(nodes.map((node) => [node.mermaidId, node]));
  const clusters: DiagramNode[] = [];
  const path: string[] = [];
  const lines: string[] = [`graph ${direction};`];
  for (const line of mermaid.split('\n')) {
    if (/^\s*(%%|classDef |graph |flowchart |$)/.test(line)) continue;
    if (/^\s*end;?$/.test(line)) path.pop();
    const subgraph = SUBGRAPH.exec(line);
    if (subgraph) {
      const [, mermaidId = '', title] = subgraph;
      const name = title === undefined ? mermaidId : plainText(title);
      path.push(name);
      clusters.push(named.get(mermaidId) ?? { id: path.join(':'), name, mermaidId });
      lines.push(`subgraph ${mermaidId}["${encode(shorten(name))}"]`);
      continue;
    }
    lines.push(nodeLine(line, named) ?? edgeLine(line) ?? line);
  }
  return { text: lines.join('\n') + '\n', clusters };
}

function nodeLine(line: string, named: ReadonlyMap<string, DiagramNode>): string | undefined {
  const [, id, , label] = SHAPE.exec(line) ?? [];
  if (id === undefined || label === undefined) return undefined;
  const terminal = /(?:^|_)__(start|end)__$/.exec(id)?.[1];
  if (terminal !== undefined) return `${id}(["${terminal.toUpperCase()}"]):::terminal`;
  const [name = '', ...extras] = plainText(label).split('\n');
  const lines = [shorten(named.get(id)?.name ?? name), ...extras].map(encode);
  const deferred = extras.some((extra) => /^defer\b/.test(extra));
  return `${id}("${lines.join('<br/>') || '#32;'}")${deferred ? ':::deferred' : ''}`;
}

function edgeLine(line: string): string | undefined {
  const [, source, start, label, end, target] = EDGE.exec(line) ?? [];
  if (label === undefined) return undefined;
  const text = encode(shorten(plainText(label).trim()));
  return text ? `${source} ${start} "${text}" ${end} ${target}` : undefined;
}

/** A label as its reader sees it: without the tags and entities that the engine writes. */
function plainText(label: string): string {
  return label
    .replace(/^"(.*)"$/su, '$1')
    .replaceAll(/<(?:br|hr)\s*\/?>/g, '\n')
    .replaceAll(/<\/?(?:p|small|em)>/g, '')
    .replaceAll('&nbsp;', ' ')
    .replaceAll(/[#&](?:#?(\d+)|(quot|lt|gt|amp));/g, (_, code?: string, name?: string) =>
      code ? String.fromCodePoint(Number(code)) : (NAMED[name ?? ''] ?? ''),
    );
}

const NAMED: Readonly<Record<string, string>> = { quot: '"', lt: '<', gt: '>', amp: '&' };

function shorten(text: string): string {
  const characters = [...text];
  if (characters.length <= MAX_LABEL) return text;
  return `${characters.slice(0, MAX_LABEL - 1).join('')}…`;
}

/** Everything but letters, digits and spaces as a code that Mermaid turns into the character. */
function encode(text: string): string {
  return text.replaceAll(/[^\p{L}\p{M}\p{N} ]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 32 ? ' ' : `#${code};`;
  });
}

import type { GraphDescription } from '../runner.ts';
import { cleanLines } from './cleanLines.ts';
import { parseValue, valueText } from './eventText.ts';
import type { RunContent } from './keptRun.ts';

/** Characters of an input that are kept. */
const MAX_INPUT = 2_000_000;

const GAPS = {
  kind: 'The input holds values that cannot be kept.',
  size: 'The input is too large to be kept.',
  secret: 'The input held a secret, which is not kept.',
};

/** The graph and the input of a run as two lines of JSON, without secrets. */
export async function contentText({ graph, codes, input }: RunContent): Promise<string> {
  const lines = [valueText({ ...shown(graph), ...(codes && { codes }) }) ?? 'null'];
  let gap: string | undefined;
  if (input) {
    const text = valueText(input);
    gap = text === undefined ? GAPS.kind : text.length > MAX_INPUT ? GAPS.size : undefined;
    if (text !== undefined && gap === undefined) lines.push(text);
  }
  const [graphLine, inputLine] = await cleanLines(lines, () => 'null');
  // With a mark in its place it would be another input.
  if (inputLine !== lines[1]) gap = GAPS.secret;
  const rest = gap === undefined ? inputLine : JSON.stringify({ gap });
  return rest === undefined ? graphLine! : `${graphLine}\n${rest}`;
}

/** What `contentText` was made of. */
export function parseContent(text: string): RunContent {
  const [graphLine = '', rest] = text.split('\n');
  const { codes, ...graph } = parseValue(graphLine) as GraphDescription & Pick<RunContent, 'codes'>;
  const known = { graph, ...(codes && { codes }) };
  if (rest === undefined) return known;
  const input = parseValue(rest) as { value: unknown } | { gap: string };
  return 'gap' in input ? { ...known, inputGap: input.gap } : { ...known, input };
}

/** What a diagram of it needs. */
function shown({ exportName, kind, name, mermaid, nodes }: GraphDescription): GraphDescription {
  return { exportName, kind, name, mermaid, nodes, hasInput: false, inputFields: [] };
}

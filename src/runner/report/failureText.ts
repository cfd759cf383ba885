import { basename } from 'node:path';
import type { Problem } from '../../loader/problem.ts';
import type { RunResult } from '../runner.ts';

/** What there is to say of a run that failed. */
type Failure = Pick<RunResult, 'error' | 'problem'> & {
  /** The node that is to blame, if one is. */
  readonly node?: string | undefined;
};

/** What a notification says: the first line of the error, which graph, which node and where. */
export function failureMessage(graph: string, failure: Failure): string {
  const [line = ''] = messageOf(failure).split('\n');
  const inNode = failure.node === undefined ? '' : ` in node "${failure.node}"`;
  return `${graph} failed${inNode}: ${line.slice(0, 300)}${placeOf(failure)}`;
}

/** What the panel says, which is the graph's own: the whole error, which node and where. */
export function failureText(failure: Failure): string {
  const inNode = failure.node === undefined ? '' : `In node "${failure.node}": `;
  const [line = '', ...rest] = messageOf(failure).split('\n');
  return [`${inNode}${line}${placeOf(failure)}`, ...rest].join('\n');
}

function messageOf({ error }: Failure): string {
  return error?.message || error?.name || 'unknown error';
}

function placeOf({ problem }: Failure): string {
  return problem?.file === undefined ? '' : ` (${placeText(problem)})`;
}

/** A problem's place as it stands in texts: `my.graph.ts:12`. */
export function placeText({ file = '', range }: Problem): string {
  return `${basename(file)}${range ? `:${range.line1}` : ''}`;
}

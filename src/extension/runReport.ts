import { basename } from 'node:path';
import type { RunEvent } from '../engine/events.ts';
import type { Problem } from '../loader/problem.ts';
import { EventFormatter, formatError, showPath } from '../runner/report/formatEvent.ts';
import { formatState } from '../runner/report/formatState.ts';
import { formatSummary } from '../runner/report/formatSummary.ts';
import { RunSummary } from '../runner/report/runSummary.ts';
import type { RunResult } from '../runner/runner.ts';

/** How much of the final state is shown; what `state` the run returns is not cut. */
const STATE_LIMITS = { textLength: 20_000, items: 1000, depth: 12 };
const STATE_LINES = 2000;

/** What the output channel says about one run, as lines without line ends. */
export class RunReport {
  readonly #formatter: EventFormatter;
  readonly #summary = new RunSummary();
  readonly #baseFolder: string | undefined;

  /** @param baseFolder Folder against which source places are shown. */
  constructor(baseFolder?: string) {
    this.#baseFolder = baseFolder;
    this.#formatter = new EventFormatter(baseFolder === undefined ? {} : { baseFolder });
  }

  lines(events: readonly RunEvent[]): string[] {
    return events.flatMap((event) => {
      this.#summary.add(event);
      return this.#formatter.lines(event);
    });
  }

  /** Summary and final state, and the error of a run that never came as far as its own events. */
  end(result: RunResult): string[] {
    const totals = this.#summary.totals();
    const state = formatState(result.state, STATE_LIMITS);
    const left = state.length - STATE_LINES;
    if (left > 0) state.splice(STATE_LINES, left, `… ${left.toLocaleString('en-US')} more lines`);
    const title = result.status === 'done' ? 'Final state' : 'State so far';
    return [
      '',
      ...formatSummary(totals),
      '',
      title,
      ...state.map((line) => `  ${line}`),
      ...this.#lostError(result, totals.nodes.length),
      '',
    ];
  }

  #lostError({ error, problem }: RunResult, startedNodes: number): string[] {
    if (!error || startedNodes > 0) return [];
    return [
      '',
      ...formatError(error),
      ...(problem ? problemLines([problem], this.#baseFolder) : []),
    ];
  }
}

/** Problems as the output channel lists them: place, code, message. */
export function problemLines(problems: readonly Problem[], baseFolder?: string): string[] {
  return problems.flatMap(({ file, range, severity, code, message }) => {
    const path = file === undefined ? '' : showPath(file, baseFolder);
    const place = range ? `${path}:${range.line1}:${range.column1}` : path;
    const [first = '', ...rest] = message.split('\n');
    const head = `${severity}${code ? ` ${code}` : ''}: ${first}`;
    return [place ? `${place} ${head}` : head, ...rest.map((line) => `  ${line}`)];
  });
}

/**
 * What a notification says about a run that failed.
 * @param node The node that is to blame, if one is.
 */
export function failureMessage({ graph, error, problem }: RunResult, node?: string): string {
  const [message = ''] = (error?.message ?? 'unknown error').split('\n');
  const inNode = node === undefined ? '' : ` in node "${node}"`;
  const where = problem?.file
    ? ` (${basename(problem.file)}${problem.range ? `:${problem.range.line1}` : ''})`
    : '';
  return `${graph} failed${inNode}: ${message.slice(0, 300)}${where}`;
}

import type { RunEvent } from '../../engine/model/events.ts';
import type { RunResult } from '../runner.ts';
import { EventFormatter, type EventFormatterOptions } from './formatEvent.ts';
import { formatState, type FormatLimits } from './formatState.ts';
import { formatSummary } from './formatSummary.ts';
import { formatWaiting } from './formatWaiting.ts';
import { plainPaint, type Paint } from './paint.ts';

/** How much of the final state is shown; what `state` the run returns is not cut. */
export const stateLimits: FormatLimits = { textLength: 10_000, items: 1000, depth: 12 };
const maxStateLines = 2000;

/** What people are told about one run, in the output channel and in the terminal alike. */
export class RunReport {
  readonly #formatter: EventFormatter;
  readonly #paint: Paint;
  readonly #columns: number;
  /** An event has told how the run failed. */
  #wasFailureTold = false;

  constructor(options: EventFormatterOptions = {}) {
    this.#formatter = new EventFormatter(options);
    this.#paint = options.paint ?? plainPaint;
    this.#columns = options.columns ?? 100;
  }

  /** The lines of some events, without line ends. */
  lines(events: readonly RunEvent[]): string[] {
    return events.flatMap((event) => {
      if (event.type === 'runFailed') this.#wasFailureTold = true;
      return this.#formatter.lines(event);
    });
  }

  /** Told at once when the run was told to stop; how it ends is told when it has. */
  stopping(): string[] {
    return this.#formatter.stopping();
  }

  /** Summary and final state, and the error of a run that never came as far as its own events. */
  end({ status, state, error, isRefused, waiting }: RunResult): string[] {
    const totals = this.#formatter.metrics.totals();
    const [paint, columns] = [this.#paint, this.#columns];
    const title = status === 'done' ? 'Final state' : 'State so far';
    const limits = { ...stateLimits, columns };
    const waits = waiting ? formatWaiting(waiting, { paint, limits }) : [];
    return [
      ...(error && !this.#wasFailureTold ? this.#formatter.error(error) : []),
      ...(totals.nodes.length > 0 ? ['', ...formatSummary(totals, { paint, columns })] : []),
      ...(waits.length > 0 ? ['', paint('bold', 'Waits for'), ...firstLines(waits)] : []),
      // What was refused has come nowhere.
      ...(isRefused ? [] : ['', paint('bold', title), ...firstLines(formatState(state, limits))]),
    ];
  }
}

/** The lines of a state, or of anything else that may be as long, as many as anybody reads. */
export function firstLines(lines: readonly string[]): readonly string[] {
  const left = lines.length - maxStateLines;
  if (left <= 0) return lines;
  return [...lines.slice(0, maxStateLines), `… ${left.toLocaleString('en-US')} more lines`];
}

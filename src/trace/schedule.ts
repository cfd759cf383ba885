import { pop, put } from './heap.ts';
import { durationOf, type TaskSpan } from './spans.ts';

/** What is to be done: a piece of work, or steps one after another, each of parts side by side. */
export type Job = { readonly ms: number } | { readonly steps: readonly (readonly Job[])[] };

/** The work of a run, in the order in which its tasks started. */
export function buildJobs(tasks: readonly TaskSpan[], nowMs: number): Job {
  return stepsOf(
    tasks.filter(({ parent }) => parent === undefined),
    nowMs,
  );
}

/**
 * Tasks of one superstep are a step. Calls of functional tasks are one as long as they overlap: what
 * began after all before it had ended may have waited for them.
 */
function stepsOf(spans: readonly TaskSpan[], nowMs: number): Job {
  const steps: Job[][] = [];
  let step: { readonly jobs: Job[]; readonly superstep: unknown; endMs: number } | undefined;
  for (const span of spans) {
    const { superstep, startMs } = span;
    const isSame = step !== undefined && superstep !== undefined && superstep === step.superstep;
    if (!step || (!isSame && startMs >= step.endMs)) {
      step = { jobs: [], superstep, endMs: -Infinity };
      steps.push(step.jobs);
    }
    step.jobs.push(
      span.children.length > 0 ? stepsOf(span.children, nowMs) : { ms: durationOf(span, nowMs) },
    );
    step.endMs = Math.max(step.endMs, span.endMs ?? nowMs);
  }
  return { steps };
}

/**
 * How long a job takes if at most so many pieces of work go on at once. A free place is given to what
 * has been ready for longest.
 */
export function wallTime(job: Job, places: number): number {
  const running: { readonly at: number; readonly then: () => void }[] = [];
  const ready = new Queue();
  let nowMs = 0;
  const begin = (what: Job, then: () => void): void => {
    if ('ms' in what) return ready.push({ ms: what.ms, then });
    let at = 0;
    const next = (): void => {
      const step = what.steps[at++];
      if (!step) return then();
      let left = step.length;
      for (const part of step) begin(part, () => --left === 0 && next());
    };
    next();
  };
  begin(job, () => undefined);
  for (;;) {
    while (ready.length > 0 && running.length < places) {
      const { ms, then } = ready.shift();
      put(running, { at: nowMs + ms, then }, byTime);
    }
    const first = pop(running, byTime);
    if (!first) return nowMs;
    nowMs = first.at;
    first.then();
  }
}

const byTime = (a: { at: number }, b: { at: number }) => a.at - b.at;

interface Piece {
  readonly ms: number;
  readonly then: () => void;
}

class Queue {
  readonly #items: Piece[] = [];
  #first = 0;

  get length(): number {
    return this.#items.length - this.#first;
  }

  push(piece: Piece): void {
    this.#items.push(piece);
  }

  shift(): Piece {
    return this.#items[this.#first++]!;
  }
}

import { formatDuration } from './words.ts';

/** How far an arrow key goes, as a share of the run. */
const STEP = 0.01;

/** The elements of the page that the control consists of. */
export interface ScrubberParts {
  readonly box: HTMLElement;
  readonly play: HTMLElement;
  readonly slider: HTMLInputElement;
  readonly pace: HTMLSelectElement;
  readonly text: HTMLElement;
}

/** The run through which it leads. */
export interface ScrubbedRun {
  /** Milliseconds from its start to its end. */
  readonly wholeMs: number;
  /** When the supersteps of the graph began, in order. */
  readonly borders: readonly number[];
}

/**
 * Leads through the time of a run that is over: by a slider, and by playing it at its own pace or faster.
 * Nothing runs; what happened is shown again.
 */
export class Scrubber {
  readonly #parts: ScrubberParts;
  readonly #onMove: (ms: number | undefined) => void;
  #run: ScrubbedRun = { wholeMs: 0, borders: [] };
  #atMs = 0;
  /** When the last picture was made of those that are played; absent: it stands. */
  #playedAt: number | undefined;
  #isFrameAsked = false;

  /** @param onMove Called at most once a frame; with `undefined` at the end of the run. */
  constructor(parts: ScrubberParts, onMove: (ms: number | undefined) => void) {
    this.#parts = parts;
    this.#onMove = onMove;
    const { play, slider } = parts;
    play.addEventListener('click', () => this.#togglePlay());
    slider.addEventListener('input', () => this.#seek(slider.valueAsNumber * this.#run.wholeMs));
    slider.addEventListener('keydown', (event) => this.#onKey(event));
  }

  /** Offers a run, at its end. */
  show(run: ScrubbedRun): void {
    this.#run = run;
    this.#atMs = run.wholeMs;
    this.#stop();
    this.#parts.box.hidden = !(run.wholeMs > 0);
    this.#tell();
  }

  /** There is no run, or it goes on. */
  hide(): void {
    this.#stop();
    this.#parts.box.hidden = true;
  }

  #seek(ms: number): void {
    this.#stop();
    this.#goTo(ms);
  }

  #goTo(ms: number): void {
    this.#atMs = Math.min(Math.max(0, ms), this.#run.wholeMs);
    this.#tell();
    this.#ask();
  }

  /** Moves of one frame are one. */
  #ask(): void {
    if (this.#isFrameAsked) return;
    this.#isFrameAsked = true;
    requestAnimationFrame((now) => {
      this.#isFrameAsked = false;
      if (this.#parts.box.hidden) return;
      this.#onMove(this.#atMs < this.#run.wholeMs ? this.#atMs : undefined);
      if (this.#playedAt === undefined) return;
      const passed = (now - this.#playedAt) * Number(this.#parts.pace.value);
      this.#playedAt = now;
      if (this.#atMs >= this.#run.wholeMs) this.#stop();
      else this.#goTo(this.#atMs + Math.max(0, passed));
    });
  }

  #togglePlay(): void {
    if (this.#playedAt !== undefined) return this.#stop();
    this.#playedAt = performance.now();
    this.#label('Pause');
    this.#goTo(this.#atMs < this.#run.wholeMs ? this.#atMs : 0);
  }

  #stop(): void {
    this.#playedAt = undefined;
    this.#label('Play');
  }

  #label(label: 'Play' | 'Pause'): void {
    const { play } = this.#parts;
    play.title = label;
    play.setAttribute('aria-label', label);
    play.dataset.does = label;
  }

  #tell(): void {
    const { slider, text } = this.#parts;
    const { wholeMs, borders } = this.#run;
    const superstep = borders.findLastIndex((ms) => ms <= this.#atMs) + 1;
    const time = `${formatDuration(this.#atMs)} of ${formatDuration(wholeMs)}`;
    slider.value = String(wholeMs > 0 ? this.#atMs / wholeMs : 1);
    slider.setAttribute('aria-valuetext', `${time}, superstep ${superstep} of ${borders.length}`);
    text.textContent = time;
  }

  #onKey(event: KeyboardEvent): void {
    const { wholeMs, borders } = this.#run;
    const at = this.#atMs;
    const to = {
      ArrowLeft: at - wholeMs * STEP,
      ArrowDown: at - wholeMs * STEP,
      ArrowRight: at + wholeMs * STEP,
      ArrowUp: at + wholeMs * STEP,
      PageUp: borders.find((ms) => ms > at) ?? wholeMs,
      PageDown: borders.findLast((ms) => ms < at) ?? 0,
      Home: 0,
      End: wholeMs,
    }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#seek(to);
  }
}

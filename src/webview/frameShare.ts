/** Milliseconds of work of ours in one frame; the browser takes several times as long to show what came of it. */
const BUDGET_MS = 5;
/** A frame that takes longer than two on an ordinary screen has had too much to show. */
const LATE_MS = 34;
/** Things that are shown anew in one frame. */
const [LEAST, FIRST, MOST] = [25, 100, 300];

/**
 * How much is shown anew in one frame: as much as goes into a few milliseconds, and less after a frame
 * that came late, since what is shown costs more in some drawings, and on some machines, than in others.
 */
export class FrameShare {
  #most = FIRST;
  #left = 0;
  #until = 0;

  /** A frame begins. */
  begin(): void {
    const began = performance.now();
    this.#left = this.#most;
    this.#until = began + BUDGET_MS;
    requestAnimationFrame(() => this.#learn(performance.now() - began));
  }

  /** Whether there is room for one more thing in this frame. */
  take(): boolean {
    if (this.#left <= 0 || performance.now() > this.#until) return false;
    this.#left--;
    return true;
  }

  #learn(tookMs: number): void {
    if (tookMs > LATE_MS) this.#most = Math.max(LEAST, Math.floor(this.#most / 2));
    else if (this.#left <= 0) this.#most = Math.min(MOST, Math.ceil(this.#most * 1.25));
  }
}

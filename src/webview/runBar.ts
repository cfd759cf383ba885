import type { NodeStatus } from '../protocol/webviewMessages.ts';
import { signIcon } from './statusSign.ts';
import { formatDuration } from './words.ts';

const TICK_MS = 100;

/** The upper right corner: how the run stands, for how long, and the button that starts or stops. */
export class RunBar {
  readonly #state: HTMLElement;
  readonly #button: HTMLButtonElement;
  #canRun = true;
  #ticker: ReturnType<typeof setInterval> | undefined;

  constructor(state: HTMLElement, button: HTMLButtonElement, post: (type: 'run' | 'stop') => void) {
    this.#state = state;
    this.#button = button;
    button.addEventListener('click', ({ detail }) => {
      // The second click of a double click is not meant for what the first has made of the button.
      if (detail < 2) post(this.isRunning ? 'stop' : 'run');
    });
  }

  get isRunning(): boolean {
    return this.#ticker !== undefined;
  }

  /** No run to tell of. */
  showIdle({ canRun }: { readonly canRun: boolean }): void {
    this.#canRun = canRun;
    this.#stopTicking();
    this.#state.replaceChildren();
    delete this.#state.dataset.status;
  }

  showRunning(elapsedMs: number): void {
    this.#stopTicking();
    const since = performance.now() - elapsedMs;
    const time = this.#show('running', '');
    const tick = () => (time.textContent = formatSeconds(performance.now() - since));
    this.#ticker = setInterval(tick, TICK_MS);
    this.#labelButton();
    tick();
  }

  showStopping(): void {
    this.#stopTicking();
    this.#show('running', 'Stopping…');
    this.#button.textContent = 'Stop';
    this.#button.classList.add('stop');
    this.#button.disabled = true;
  }

  showEnd(status: 'done' | 'waiting' | 'failed' | 'cancelled', durationMs: number): string {
    this.#stopTicking();
    const words = {
      done: 'Done in',
      waiting: 'Waiting after',
      failed: 'Failed after',
      cancelled: 'Cancelled after',
    };
    const text = `${words[status]} ${formatDuration(durationMs)}`;
    this.#show(status, text);
    return text;
  }

  #show(status: NodeStatus, text: string): HTMLElement {
    const label = document.createElement('span');
    label.textContent = text;
    this.#state.dataset.status = status;
    this.#state.replaceChildren(signIcon(status), label);
    return label;
  }

  #stopTicking(): void {
    clearInterval(this.#ticker);
    this.#ticker = undefined;
    this.#labelButton();
  }

  #labelButton(): void {
    this.#button.hidden = false;
    this.#button.disabled = !this.#canRun;
    this.#button.textContent = this.isRunning ? 'Stop' : 'Run';
    this.#button.classList.toggle('stop', this.isRunning);
  }
}

/** Tenths only: hundredths would flicker. */
function formatSeconds(ms: number): string {
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : formatDuration(ms);
}

/** What can be found. */
export interface Findable {
  readonly id: string;
  readonly name: string;
}

/** What the bar consists of. */
export interface FindParts {
  readonly bar: HTMLElement;
  readonly input: HTMLInputElement;
  /** Says which match it is of how many; read aloud. */
  readonly count: HTMLElement;
  readonly previous: HTMLElement;
  readonly next: HTMLElement;
  readonly close: HTMLElement;
}

/** What the bar asks and tells. */
export interface FindEvents {
  readonly candidates: () => readonly Findable[];
  /** All that match; none once the bar is closed. */
  readonly onMatches: (ids: readonly string[]) => void;
  /** The one to show now. */
  readonly onShow: (id: string) => void;
  readonly onClosed: () => void;
}

/** Looks for nodes by their names: what one types narrows, Enter and Shift+Enter go from one to the next. */
export class FindBar {
  readonly #parts: FindParts;
  readonly #events: FindEvents;
  #matches: readonly Findable[] = [];
  #at = 0;

  constructor(parts: FindParts, events: FindEvents) {
    this.#parts = parts;
    this.#events = events;
    const { bar, input, previous, next, close } = parts;
    input.addEventListener('input', () => this.#search());
    previous.addEventListener('click', () => this.#go(-1));
    next.addEventListener('click', () => this.#go(1));
    close.addEventListener('click', () => this.close());
    bar.addEventListener('keydown', (event) => this.#onKey(event));
  }

  open(): void {
    const { bar, input } = this.#parts;
    bar.hidden = false;
    input.focus();
    input.select();
    this.#search();
  }

  close(): void {
    if (this.#parts.bar.hidden) return;
    this.#parts.bar.hidden = true;
    this.#parts.count.textContent = '';
    this.#events.onMatches([]);
    this.#events.onClosed();
  }

  /** There is another drawing: matches are marked in it, too. */
  refresh(): void {
    if (!this.#parts.bar.hidden) this.#events.onMatches(this.#matches.map(({ id }) => id));
  }

  #search(): void {
    const words = this.#parts.input.value.trim().toLowerCase();
    this.#matches =
      words === ''
        ? []
        : this.#events.candidates().filter(({ name }) => name.toLowerCase().includes(words));
    this.#at = 0;
    this.#events.onMatches(this.#matches.map(({ id }) => id));
    this.#show();
  }

  #go(step: number): void {
    const { length } = this.#matches;
    if (length === 0) return;
    this.#at = (this.#at + step + length) % length;
    this.#show();
  }

  #show(): void {
    const { count, input } = this.#parts;
    const match = this.#matches[this.#at];
    if (match) {
      count.textContent = `${this.#at + 1} of ${this.#matches.length}: ${match.name}`;
      this.#events.onShow(match.id);
    } else count.textContent = input.value.trim() === '' ? '' : 'No nodes';
  }

  #onKey(event: KeyboardEvent): void {
    // The keys of the drawing have another meaning here.
    event.stopPropagation();
    const isInput = event.target === this.#parts.input;
    const action =
      event.key === 'Escape'
        ? () => this.close()
        : event.key === 'Enter' && isInput
          ? () => this.#go(event.shiftKey ? -1 : 1)
          : isInput
            ? { ArrowDown: () => this.#go(1), ArrowUp: () => this.#go(-1) }[event.key]
            : undefined;
    if (!action) return;
    event.preventDefault();
    action();
  }
}

/** What a list shows and does. */
export interface ListOptions {
  /** Scrolls; has a role, such as `listbox`, and is a stop of the Tab key. */
  readonly box: HTMLElement;
  /** Of each row, in pixels of the page. */
  readonly rowHeight: number;
  readonly rowRole: 'option' | 'treeitem';
  /** Fills the row of an item. */
  readonly fill: (row: HTMLElement, at: number) => void;
  /** The user chose an item, by click or by a key that moves. */
  readonly onChoose: (at: number) => void;
  /** Enter, or a double click. */
  readonly onOpen?: (at: number) => void;
  /** Another key; true if it has done something. */
  readonly onKey?: (key: string, at: number) => boolean;
}

/** Rows out of sight that are there all the same, above and below. */
const MARGIN = 5;

/** A list of very many rows of which only those in view are in the page. */
export class VirtualList {
  readonly #options: ListOptions;
  readonly #spacer: HTMLElement;
  #count = 0;
  #chosen = -1;

  constructor(options: ListOptions) {
    this.#options = options;
    const { box } = options;
    this.#spacer = document.createElement('div');
    this.#spacer.className = 'rows';
    this.#spacer.setAttribute('role', 'presentation');
    box.replaceChildren(this.#spacer);
    box.addEventListener('scroll', () => this.#draw());
    box.addEventListener('keydown', (event) => this.#onKey(event));
    box.addEventListener('click', ({ target }) => {
      const at = rowOf(target);
      if (at !== undefined) this.#choose(at);
    });
    box.addEventListener('dblclick', ({ target }) => {
      const at = rowOf(target);
      if (at !== undefined) options.onOpen?.(at);
    });
    new ResizeObserver(() => this.#draw()).observe(box);
  }

  get chosen(): number {
    return this.#chosen;
  }

  /** Shows so many items, of which one is chosen (-1: none). Stays at the end if it stood there. */
  show(count: number, chosen: number, { isFollowing = false } = {}): void {
    const { box, rowHeight } = this.#options;
    const wasAtEnd = box.scrollTop + box.clientHeight >= this.#count * rowHeight - rowHeight / 2;
    this.#count = count;
    this.#chosen = chosen;
    box.hidden = count === 0;
    this.#spacer.style.height = `${count * rowHeight}px`;
    if (isFollowing && wasAtEnd) box.scrollTop = count * rowHeight;
    this.#draw();
  }

  /** Scrolls as little as is needed. */
  scrollTo(at: number): void {
    const { box, rowHeight } = this.#options;
    const top = at * rowHeight;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + rowHeight > box.scrollTop + box.clientHeight) {
      box.scrollTop = top + rowHeight - box.clientHeight;
    }
    this.#draw();
  }

  #draw(): void {
    const { box, rowHeight, rowRole, fill } = this.#options;
    const first = Math.max(0, Math.floor(box.scrollTop / rowHeight) - MARGIN);
    const end = Math.ceil((box.scrollTop + box.clientHeight) / rowHeight) + MARGIN;
    const rows: HTMLElement[] = [];
    for (let at = first; at < Math.min(end, this.#count); at++) {
      const row = document.createElement('div');
      row.className = 'row';
      row.id = `${box.id}${at}`;
      row.dataset.at = String(at);
      row.style.top = `${at * rowHeight}px`;
      row.style.height = `${rowHeight}px`;
      row.setAttribute('role', rowRole);
      row.setAttribute('aria-selected', String(at === this.#chosen));
      row.setAttribute('aria-posinset', String(at + 1));
      row.setAttribute('aria-setsize', String(this.#count));
      fill(row, at);
      rows.push(row);
    }
    this.#spacer.replaceChildren(...rows);
    const isThere = this.#chosen >= first && this.#chosen < Math.min(end, this.#count);
    if (isThere) box.setAttribute('aria-activedescendant', `${box.id}${this.#chosen}`);
    else box.removeAttribute('aria-activedescendant');
  }

  #choose(at: number): void {
    this.#chosen = at;
    this.scrollTo(at);
    this.#options.onChoose(at);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || this.#count === 0) return;
    const { box, rowHeight, onOpen, onKey } = this.#options;
    const page = Math.max(1, Math.floor(box.clientHeight / rowHeight) - 1);
    const at = this.#chosen;
    const next = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: this.#count - 1,
    }[event.key];
    if (next !== undefined) this.#choose(Math.min(this.#count - 1, Math.max(0, next)));
    else if (event.key === 'Enter' && onOpen && at >= 0) onOpen(at);
    else if (at < 0 || !onKey?.(event.key, at)) return;
    event.preventDefault();
  }
}

function rowOf(target: EventTarget | null): number | undefined {
  const row = target instanceof Element ? target.closest<HTMLElement>('.row') : null;
  return row ? Number(row.dataset.at) : undefined;
}

/** One view of the run: its tab and what the tab shows. */
export interface View {
  readonly tab: HTMLElement;
  readonly panel: HTMLElement;
}

/** A list of tabs, one of which is chosen: by a click, or by the arrow keys, Home and End. */
export class Tabs<Name extends string> {
  readonly #views: ReadonlyMap<Name, View>;
  readonly #onChoose: (name: Name) => void;

  /** @param onChoose Called when the user chooses, after the view is shown. */
  constructor(views: Readonly<Record<Name, View>>, onChoose: (name: Name) => void) {
    this.#views = new Map(Object.entries(views) as [Name, View][]);
    this.#onChoose = onChoose;
    for (const [name, { tab }] of this.#views) {
      tab.addEventListener('click', () => this.#choose(name));
      tab.addEventListener('keydown', (event) => this.#onKey(event, name));
    }
  }

  /** Shows a view. */
  show(chosen: Name): void {
    for (const [name, { tab, panel }] of this.#views) {
      const isChosen = name === chosen;
      tab.setAttribute('aria-selected', String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      panel.hidden = !isChosen;
    }
  }

  #choose(name: Name): void {
    this.show(name);
    this.#onChoose(name);
  }

  #onKey(event: KeyboardEvent, name: Name): void {
    const names = [...this.#views.keys()];
    const at = names.indexOf(name);
    const next = {
      ArrowRight: names[(at + 1) % names.length],
      ArrowLeft: names.at(at - 1),
      Home: names[0],
      End: names.at(-1),
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.#choose(next);
    this.#views.get(next)!.tab.focus();
  }
}

/** A line across the panel that tells something; the places in its text are links. */
export class Banner {
  readonly #element: HTMLElement;
  readonly #icon: (() => Element) | undefined;
  readonly #onChoose: ((place: number) => void) | undefined;

  /** @param options.onChoose Is given the number of the place that was chosen, by click or Enter. */
  constructor(
    element: HTMLElement,
    options: { readonly icon?: () => Element; readonly onChoose?: (place: number) => void } = {},
  ) {
    this.#element = element;
    this.#icon = options.icon;
    this.#onChoose = options.onChoose;
  }

  /**
   * @param text `undefined` takes the banner away.
   * @param places Parts of the text, in its order.
   */
  show(text: string | undefined, places: readonly string[] = []): void {
    this.#element.hidden = text === undefined;
    this.#element.replaceChildren();
    if (text === undefined) return;
    if (this.#icon) this.#element.append(this.#icon());
    const paragraph = document.createElement('span');
    let rest = text;
    places.forEach((place, index) => {
      const at = rest.indexOf(place);
      if (at < 0) return;
      paragraph.append(rest.slice(0, at), this.#link(place, index));
      rest = rest.slice(at + place.length);
    });
    paragraph.append(rest);
    this.#element.append(paragraph);
  }

  #link(text: string, place: number): HTMLAnchorElement {
    const link = document.createElement('a');
    link.href = '#';
    link.textContent = text;
    link.addEventListener('click', (event) => {
      event.preventDefault();
      // The editor has a listener of its own, which scrolls.
      event.stopPropagation();
      this.#onChoose?.(place);
    });
    return link;
  }
}

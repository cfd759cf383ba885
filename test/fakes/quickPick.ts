import { EventEmitter } from './eventEmitter.ts';

/** The pick lists that were made, in order. A test answers by `accept`, or gives up by `hide`. */
export const quickPicks: QuickPick[] = [];

export class QuickPick {
  readonly #accepted = new EventEmitter<void>();
  readonly #hidden = new EventEmitter<void>();
  readonly onDidAccept = this.#accepted.event;
  readonly onDidHide = this.#hidden.event;
  items: readonly { readonly label: string }[] = [];
  activeItems: readonly { readonly label: string }[] = [];
  isShown = false;

  constructor() {
    quickPicks.push(this);
  }

  show(): void {
    this.isShown = true;
  }

  hide(): void {
    this.isShown = false;
    this.#hidden.fire();
  }

  accept(label: string): void {
    this.activeItems = this.items.filter((item) => item.label.includes(label));
    this.#accepted.fire();
  }

  dispose(): void {
    this.isShown = false;
  }
}

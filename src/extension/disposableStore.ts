/** The part of VS Code's `Disposable` that ownership needs; any object with `dispose` will do. */
export interface Owned {
  dispose(): unknown;
}

/**
 * Owns disposables and releases them together, the newest first. What is added after the end is
 * released at once, so that a slow start cannot leak past a fast stop.
 */
export class DisposableStore implements Owned {
  readonly #items = new Set<Owned>();
  #disposed = false;

  /** Takes ownership and hands the item back, so that a field shows who owns it. */
  add<T extends Owned>(item: T): T {
    if (this.#disposed) item.dispose();
    else this.#items.add(item);
    return item;
  }

  /** Releases one item before its time. */
  delete(item: Owned): void {
    if (this.#items.delete(item)) item.dispose();
  }

  dispose(): void {
    this.#disposed = true;
    const items = [...this.#items].reverse();
    this.#items.clear();
    for (const item of items) item.dispose();
  }
}

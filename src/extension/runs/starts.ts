/**
 * Starts that are under way, so that a second click on Run, which comes before the first has shown
 * anything, does not start a second run.
 */
export class Starts<T> {
  /** By what is to be started. */
  readonly #underWay = new Map<string, Promise<T>>();

  /**
   * Begins to start something, unless that is under way already.
   * @param start Is given a function to call when the start is over, which may be long before the
   * end of what was started.
   * @returns What comes of it, for every caller alike.
   */
  join(key: string, start: (begun: () => void) => Promise<T>): Promise<T> {
    const known = this.#underWay.get(key);
    if (known) return known;
    const begun = () => {
      if (this.#underWay.get(key) === starting) this.#underWay.delete(key);
    };
    const starting = start(begun).finally(begun);
    this.#underWay.set(key, starting);
    return starting;
  }
}

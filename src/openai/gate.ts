import { SuperstepError, show } from '../engine/model/errors.ts';

/** Lets so many in at once; the others wait in the order in which they came. */
export class Gate {
  #limit: number;
  #inside = 0;
  readonly #waiting = new Set<() => void>();

  /** @throws {SuperstepError} INVALID_CONFIG for a gate that nobody could pass. */
  constructor(limit: number) {
    if (!(limit >= 1)) {
      throw new SuperstepError(
        'INVALID_CONFIG',
        `maxConcurrency must be a whole number of at least 1, got ${show(limit)}`,
        { key: 'maxConcurrency', value: limit },
      );
    }
    this.#limit = limit;
  }

  /** From now on at least so many. */
  widen(limit: number): void {
    this.#limit = Math.max(this.#limit, limit);
    this.#letIn();
  }

  /**
   * Resolves when there is room.
   * @returns Leaves again; to be called once.
   * @throws The signal's reason, if it is aborted before.
   */
  async enter(signal: AbortSignal | undefined): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#inside < this.#limit) this.#inside++;
    else await this.#wait(signal);
    return this.#leave;
  }

  readonly #leave = (): void => {
    this.#inside--;
    this.#letIn();
  };

  #letIn(): void {
    for (const admit of this.#waiting) {
      if (this.#inside >= this.#limit) return;
      this.#waiting.delete(admit);
      this.#inside++;
      admit();
    }
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const admit = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = () => {
        this.#waiting.delete(admit);
        // What signals are aborted with is the caller's choice, and is passed on as it is.
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        reject(signal?.reason);
      };
      this.#waiting.add(admit);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}

/**
 * Requests that are under way to one server at once, from all clients of the thread together: of one
 * run in the editor and on the command line, where each run has a thread of its own. Runs side by side
 * do not wait for each other; what is too much for the server then, it says itself (429), and is
 * sent again. More than that gains nothing: servers queue or refuse them.
 */
export const MAX_REQUESTS_PER_HOST = 64;

const gates = new Map<string, Gate>();

/** The gate before a server. */
export function gateOf(host: string): Gate {
  let gate = gates.get(host);
  if (gate === undefined) gates.set(host, (gate = new Gate(MAX_REQUESTS_PER_HOST)));
  return gate;
}

import type { Redis } from 'ioredis';
import { SuperstepError } from '../engine/model/errors.ts';
import type { StoredThread } from '../engine/model/remote.ts';

/** For so long a thread belongs to its caller without a sign of life, milliseconds. */
const LOCK_MS = 15_000;
/** How often a caller that waits for its turn looks again, milliseconds. */
const LOOK_MS = 100;

/** Only for whose turn it is: another call may have taken over. */
const own = (action: string) =>
  `if redis.call('get', KEYS[2]) ~= ARGV[1] then return 0 end ${action} return 1`;
const KEEP = own(`redis.call('set', KEYS[1], ARGV[2])`);
const RENEW = own(`redis.call('pexpire', KEYS[2], ARGV[2])`);
const RELEASE = own(`redis.call('del', KEYS[2])`);

/** A thread that is kept on the server, while a call has its turn. */
export class KeptThread {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #token = crypto.randomUUID();
  #timer: NodeJS.Timeout | undefined;

  /** @param key Names it on the server. */
  constructor(redis: Redis, key: string) {
    this.#redis = redis;
    this.#key = key;
  }

  /**
   * Waits until no other call is under way on the thread.
   * @returns What is kept of it.
   * @throws The signal's reason.
   */
  async take(signal: AbortSignal | undefined): Promise<StoredThread | undefined> {
    const lock = `${this.#key}:lock`;
    while ((await this.#redis.set(lock, this.#token, 'PX', LOCK_MS, 'NX')) !== 'OK') {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      signal?.throwIfAborted();
    }
    // A renewal that fails is found out by what is kept next.
    this.#timer = setInterval(
      () => void this.#ask(RENEW, String(LOCK_MS)).catch(() => {}),
      LOCK_MS / 3,
    );
    const text = await this.#redis.get(this.#key);
    return text === null ? undefined : (JSON.parse(text) as StoredThread);
  }

  /** @throws {SuperstepError} THREAD_BUSY if the thread belongs to another call by now */
  async keep(stored: StoredThread): Promise<void> {
    if ((await this.#ask(KEEP, JSON.stringify(stored))) === 1) return;
    throw new SuperstepError(
      'THREAD_BUSY',
      `Another call has taken over thread "${this.#key}", since this process gave no sign of life for ` +
        `${LOCK_MS / 1000} s; go on with it there`,
    );
  }

  /** Lets the next call have its turn. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#ask(RELEASE);
  }

  #ask(script: string, ...values: readonly string[]): Promise<unknown> {
    return this.#redis.eval(script, 2, this.#key, `${this.#key}:lock`, this.#token, ...values);
  }
}

import { ChatError } from '../chatServer/chatError.ts';
import { Random } from './random.ts';

/** At most so many requests in any span of `perMs` milliseconds; the rest get a 429. */
export interface RateLimit {
  readonly requests: number;
  readonly perMs: number;
  /** Whether the answer says when to come again. Default true. */
  readonly retryAfter?: boolean;
}

/** Counts requests and refuses those beyond the limit. */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #now: () => number;
  /** When the requests of the last span came, the oldest first. */
  #times: number[] = [];

  constructor(limit: RateLimit, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /** @throws {ChatError} 429; what is refused does not count. */
  enter(): void {
    const { requests, perMs, retryAfter = true } = this.#limit;
    const now = this.#now();
    this.#times = this.#times.filter((time) => time > now - perMs);
    if (this.#times.length < requests) {
      this.#times.push(now);
      return;
    }
    const waitMs = Math.ceil((this.#times[0] ?? now) + perMs - now);
    const when = `Limit ${requests} requests in ${perMs} ms; try again in ${waitMs} ms`;
    throw new ChatError(`Rate limit reached for the offline model. ${when}`, {
      status: 429,
      code: 'rate_limit_exceeded',
      headers: retryAfter
        ? { 'retry-after': String(Math.ceil(waitMs / 1000)), 'retry-after-ms': String(waitMs) }
        : {},
    });
  }
}

const faults = [
  { status: 500, code: 'server_error', message: 'The server had an error' },
  { status: 503, code: 'overloaded', message: 'The server is overloaded' },
] as const;

/**
 * Lets a request fail now and then. Whether it does depends on the seed, the request and how often it
 * came before; so a request that is sent again gets through.
 */
export class FaultInjector {
  readonly #rate: number;
  readonly #seed: string;
  readonly #times = new Map<string, number>();

  constructor(rate: number, seed: string) {
    this.#rate = rate;
    this.#seed = seed;
  }

  /** @throws {ChatError} 500 or 503 */
  enter(request: string): void {
    if (this.#rate <= 0) return;
    const times = (this.#times.get(request) ?? 0) + 1;
    this.#times.set(request, times);
    const random = new Random(`${this.#seed}|fault|${times}|${request}`);
    if (!random.chance(this.#rate)) return;
    const { message, ...fault } = random.pick(faults);
    throw new ChatError(`${message} (the offline model was asked to fail now and then)`, fault);
  }
}

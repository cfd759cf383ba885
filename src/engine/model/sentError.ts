import type { TaskFailure } from './events.ts';

/** An error on its way to another thread or machine: plain data. */
export interface SentError {
  /** The text of a `Serializer`. */
  readonly error: string;
  /** Its class, where that is one of the library's. */
  readonly kind?: string | undefined;
  /** What the module exports its class as, or the nearest class above that it exports. */
  readonly exported?: string | undefined;
  /** The task inside of this one that threw it. */
  readonly task?: TaskFailure | undefined;
}

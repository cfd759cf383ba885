/**
 * The messages between a host (extension, command line) and the thread that runs a graph file.
 * A thread does one job, `describe` or `run`, and is terminated by the host when that is over. Plain
 * data; what the messages carry is named by type parameters, so that this file depends on nothing.
 */

export type ToWorker<Bundle> =
  /** Load the bundle and describe its graphs. */
  | { readonly type: 'describe'; readonly bundle: Bundle; readonly xray: boolean | number }
  /** Load the bundle and run one graph of it. */
  | {
      readonly type: 'run';
      readonly bundle: Bundle;
      /** May be left out if there is only one. */
      readonly exportName: string | undefined;
      /** In a box, since `undefined` is an input too; none: the file's own. */
      readonly input: { readonly value: unknown } | undefined;
    }
  /** Abort the run's signal. */
  | { readonly type: 'stop' };

/**
 * What a thread tells. Events do not come as messages of this kind: each is put at once on a port
 * of its own, where it is safe even if the thread never comes to rest again, and the host fetches
 * all that wait there when it hears `events`, and once more some milliseconds later.
 */
export type FromWorker<Graph, Problem, Failure> =
  /** Events wait. At most one in {@link eventIntervalMs}. */
  | { readonly type: 'events' }
  /** The end of `describe`. */
  | { readonly type: 'described'; readonly graphs: readonly Graph[] }
  /** The file cannot be loaded, or does not hold the graph. The end of either job. */
  | { readonly type: 'loadFailed'; readonly problems: readonly Problem[] }
  /** The end of `run`: the graph came to its end in whatever way. All its events were sent. */
  | {
      readonly type: 'settled';
      readonly status: 'done' | 'failed' | 'cancelled';
      readonly state: unknown;
      readonly error?: Failure;
    }
  /** The end of either job: the file's code brought its thread down. */
  | {
      readonly type: 'crashed';
      readonly error: Failure;
      /** The graph's state after its last superstep, if it ran. */
      readonly state?: unknown;
      /** Id of the task that did it, where that is known. */
      readonly taskId?: number;
    };

/** An event on its port. `weight` is about its size in kilobytes, at least 1. */
export interface SentEvent<Event> {
  readonly event: Event;
  readonly weight: number;
}

/** What a thread is given when it is started. */
export interface WorkerStart<Shipped, Port> {
  readonly shipped: Shipped;
  /** Where events are put. */
  readonly events: Port;
  /**
   * Shared with the host. Slot 0 counts the weight of the events that the host has fetched, modulo
   * 2^32; the thread waits while more than {@link maxWeightInFlight} is on the way, so that memory
   * stays bounded however much a graph has to tell.
   */
  readonly flow: Int32Array<SharedArrayBuffer>;
}

/** Shortest time between two `events` messages, and between two batches for an observer. */
export const eventIntervalMs = 16;

/** Kilobytes of events, and at the same time the number of events, that may be on the way. */
export const maxWeightInFlight = 16_384;

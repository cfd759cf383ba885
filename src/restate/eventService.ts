import type { RunEvent } from '../engine/model/events.ts';
import { EVENT_SERVICE } from './names.ts';
import type { RestateContext, RestateSdk } from './sdk.ts';

/** A call whose events are told. */
export interface WatchedCall {
  readonly thread: string;
  /** Whoever watches has made it up. */
  readonly watch: string;
  /** The how manieth call of the thread: a later one takes the place of those before. */
  readonly number: number;
}

/** Where events come from: a step of the loop, or one try of a task. */
export interface EventSource {
  readonly id: string;
  /** Of a step, counted from 0; absent for a task. */
  readonly step?: number;
}

/** Some events of one source. */
export interface ToldEvents {
  readonly from: EventSource;
  readonly events: readonly {
    /** When it was, milliseconds since the Unix epoch. */
    readonly at: number;
    readonly event: RunEvent;
  }[];
}

/** What `read` gives. */
export interface ReadEvents {
  /** Of the call whose events these are; `null` if there are none. */
  readonly watch: string | null;
  /** To be handed over as `after` the next time. */
  readonly next: number;
  readonly parts: readonly ToldEvents[];
}

interface Head {
  readonly watch: string;
  readonly number: number;
  readonly next: number;
}

/** So many lots of events are kept for watchers that are slow. */
const KEPT = 400;

/** Lots that are read at once. */
const READ = 40;

/**
 * The service through which watchers hear of events: an object for each thread. What runs does not depend on it, and of
 * what a call has told not more is kept than {@link KEPT} lots.
 */
export function eventService(sdk: RestateSdk): object {
  const part = (n: number) => `part ${n}`;

  const add = async (
    ctx: RestateContext,
    { watch, number, parts }: Omit<WatchedCall, 'thread'> & { readonly parts: ToldEvents[] },
  ): Promise<void> => {
    const head = await ctx.get<Head>('head');
    const isOurs = head?.watch === watch;
    if (head !== null && !isOurs) {
      if (head.number > number) return;
      ctx.clearAll();
    }
    const next = isOurs ? head.next : 0;
    ctx.set(part(next), parts);
    if (next >= KEPT) ctx.clear(part(next - KEPT));
    ctx.set('head', { watch, number, next: next + 1 } satisfies Head);
  };

  const read = async (
    ctx: RestateContext,
    { watch, after = 0 }: { readonly watch?: string; readonly after?: number } = {},
  ): Promise<ReadEvents> => {
    const head = await ctx.get<Head>('head');
    if (head === null || (watch !== undefined && watch !== head.watch)) {
      return { watch: head?.watch ?? null, next: after, parts: [] };
    }
    const first = Math.max(after, head.next - KEPT, 0);
    const next = Math.min(head.next, first + READ);
    const parts: ToldEvents[] = [];
    for (let n = first; n < next; n++) {
      parts.push(...((await ctx.get<ToldEvents[]>(part(n))) ?? []));
    }
    return { watch: head.watch, next, parts };
  };

  const clear = async (ctx: RestateContext, { watch }: { readonly watch: string }) => {
    const head = await ctx.get<Head>('head');
    if (head?.watch === watch) ctx.clearAll();
  };

  return sdk.object({
    name: EVENT_SERVICE,
    handlers: { add, clear, read: sdk.handlers.object.shared(read) },
    options: { enableLazyState: true, journalRetention: 0 },
  });
}

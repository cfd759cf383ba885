import { Serializer } from '../engine/checkpoint/serialize.ts';
import type { RunEvent, TaskInterrupted } from '../engine/model/events.ts';
import type { Advanced } from '../engine/model/remote.ts';

/** A question that a thread waits with. */
export interface ThreadQuestion {
  /** Names it in an answer. */
  readonly id: string;
  /** What was asked, as text of a `Serializer`. */
  readonly value: string;
  /** The node that asks, and its id as in `TaskInfo.nodeId`. */
  readonly node: string;
  readonly nodeId: string;
  /** The branch that asks, as in `TaskInfo.path`. */
  readonly path: readonly string[];
  /** When it was asked, milliseconds since the Unix epoch. */
  readonly since: number;
}

/** Who asks, by the id of the question. */
export type AskedBy = Readonly<Record<string, Omit<ThreadQuestion, 'id' | 'value'>>>;

/** Hears who asks in a step of a run. */
export class Asking {
  readonly askedBy: Record<string, Omit<ThreadQuestion, 'id' | 'value'>> = {};

  readonly onEvent = (event: RunEvent): void => {
    if (event.type === 'taskInterrupted') this.#ask(event);
  };

  /** The node of a subgraph is interrupted after the node in it: the innermost is the one that asks. */
  #ask({ interrupts, askedAt, task: { node, nodeId, path } }: TaskInterrupted): void {
    const since = askedAt ?? Date.now();
    for (const { id } of interrupts) this.askedBy[id] ??= { node, nodeId, path, since };
  }
}

const serializer = new Serializer();

/** What a run that has paused waits for; empty at a breakpoint. */
export function questionsOf(at: Advanced, askedBy: AskedBy): ThreadQuestion[] {
  if (at.status !== 'paused') return [];
  const value = serializer.deserialize(at.value) as { readonly __interrupt__?: unknown };
  const asked = Array.isArray(value.__interrupt__) ? (value.__interrupt__ as unknown[]) : [];
  return asked.map((question) => {
    const { id, value: what } = question as { readonly id: string; readonly value: unknown };
    const by = askedBy[id] ?? { node: '', nodeId: '', path: [], since: Date.now() };
    return { id, value: serializer.serialize(what), ...by };
  });
}

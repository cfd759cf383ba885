import type { Blame, Writer } from '../../trace/blame.ts';

const HOW: Readonly<Record<Blame['how'], string>> = {
  last: 'The value is what was written last',
  append: 'Each write was added at the end',
  merge: 'Messages were joined: one with the same id takes the place of the earlier',
  joined: 'Joined by a reducer of the graph, from these writes in this order',
};
/** Of more writers than this the last. */
const MAX_WRITERS = 50;

/** Who wrote a part of a state. */
export interface ToldBlame {
  readonly how: string;
  readonly writers: readonly Writer[];
  /** How many are left out, at the beginning. */
  readonly left: number;
}

/** @param path The keys that lead to the part: an element of a list may have its own writer. */
export function tellBlame(
  blames: ReadonlyMap<string, Blame>,
  [key = '', element]: readonly string[],
): ToldBlame | undefined {
  const found = blames.get(key);
  if (!found) return undefined;
  const writer = element === undefined ? undefined : found.elements?.[Number(element)];
  if (writer) return { how: HOW[found.how], writers: [writer], left: 0 };
  const writers = unrepeated(found.writers);
  const left = Math.max(0, writers.length - MAX_WRITERS);
  return { how: HOW[found.how], writers: writers.slice(left), left };
}

/** `search[1] · superstep 2`. */
export function writerName({ task, superstep }: Writer): string {
  if (!task)
    return superstep.superstep === 0 ? 'the input' : `before superstep ${superstep.superstep}`;
  return `${task.task.path.join(' › ')} · superstep ${superstep.superstep}`;
}

function unrepeated(writers: readonly Writer[]): Writer[] {
  return writers.filter(
    ({ task }, at) => at === 0 || task === undefined || task !== writers[at - 1]!.task,
  );
}

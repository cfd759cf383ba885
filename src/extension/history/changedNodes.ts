import type { NodeCodes } from '../../loader/bundle/nodeCodes.ts';
import { isInsideNode } from '../../engine/model/nodeId.ts';
import type { ThreadCheckpoint } from '../../protocol/threads.ts';

/** Nodes that may not be what they were when they ran. */
export interface ChangedNodes {
  /** Their functions, routers, or something that these use, are others; or they are gone. */
  readonly changed: readonly string[];
  /** Their file is another, or one that it imports; whether it concerns them cannot be told. */
  readonly perhaps: readonly string[];
}

/** A run that has made checkpoints of a thread. */
export interface RunOfThread {
  /** In milliseconds since the Unix epoch, as `endedAt`; that is `Infinity` while it goes on. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** What its nodes were made of; absent if nobody knows. */
  readonly codes?: NodeCodes | undefined;
}

/** What a thread's nodes were, and are now. */
export interface CodesOfThread {
  /** The oldest first. */
  readonly runs: readonly RunOfThread[];
  readonly now: NodeCodes;
  /** When the file was saved last: all there is to go by where the codes of a run are not known. */
  readonly savedAt: number;
}

const NONE: ChangedNodes = { changed: [], perhaps: [] };

/**
 * Tells for each checkpoint which of the nodes that ran before it, in its branch of the thread, have
 * changed since.
 * @param checkpoints Of all branches, the newest first.
 * @returns By id of the checkpoint.
 */
export function changedNodes(
  checkpoints: readonly ThreadCheckpoint[],
  codes: CodesOfThread,
): ReadonlyMap<string, ChangedNodes> {
  const byId = new Map(checkpoints.map((checkpoint) => [checkpoint.checkpointId, checkpoint]));
  const found = new Map<string, ChangedNodes>();
  for (const { checkpointId, parentId = '', source, createdAt } of checkpoints.toReversed()) {
    const before = found.get(parentId) ?? NONE;
    const ran = source === 'loop' ? (byId.get(parentId)?.next ?? []) : [];
    const differ = howTheyDiffer(createdAt, codes);
    const changed = added(before.changed, ran, (node) => differ(node) === 'changed');
    const perhaps = added(before.perhaps, ran, (node) => differ(node) === 'perhaps');
    const isSame = changed === before.changed && perhaps === before.perhaps;
    found.set(checkpointId, isSame ? before : { changed, perhaps });
  }
  return found;
}

/** The same list where there is nothing to add. */
function added(
  known: readonly string[],
  nodes: readonly string[],
  fits: (node: string) => boolean,
): readonly string[] {
  const fresh = nodes.filter((node) => fits(node) && !known.includes(node));
  return fresh.length > 0 ? [...known, ...fresh] : known;
}

type Difference = 'changed' | 'perhaps' | undefined;

function howTheyDiffer(
  madeAt: number,
  { runs, now, savedAt }: CodesOfThread,
): (node: string) => Difference {
  const run = runs.findLast(({ startedAt, endedAt }) => startedAt <= madeAt && madeAt <= endedAt);
  const { codes } = run ?? {};
  if (!codes) return () => (savedAt > madeAt ? 'perhaps' : undefined);
  if (codes.file === now.file) return () => undefined;
  return (node) => compare(codesOf(codes, node), codesOf(now, node));
}

/** Of a node, and of those inside it if it is a graph. */
function codesOf({ nodes }: NodeCodes, node: string): NodeCodes['nodes'] {
  return nodes.filter(([id]) => id === node || isInsideNode(id, node));
}

function compare(then: NodeCodes['nodes'], now: NodeCodes['nodes']): Difference {
  const newer = new Map(now);
  const older = new Map(then);
  const ids = [...new Set([...older.keys(), ...newer.keys()])];
  const isKnown = (id: string) => older.get(id) !== null && newer.get(id) !== null;
  if (ids.some((id) => isKnown(id) && older.get(id) !== newer.get(id))) return 'changed';
  // The start of a graph without routers has no code at all.
  return ids.every(isKnown) ? undefined : 'perhaps';
}

import type { ThreadCheckpoint } from '../../protocol/threads.ts';
import { formatMoment } from '../../runner/report/formatTime.ts';
import type { ChangedNodes } from './changedNodes.ts';

/** So many nodes that have changed are named. */
const MAX_NAMED = 8;

/** A checkpoint that a run can go on from, as a list shows it. */
export interface CheckpointItem {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  readonly checkpoint: ThreadCheckpoint;
  /** The nodes whose superstep ended in it; `[]` for an input or an edit. */
  readonly ran: readonly string[];
}

/**
 * The checkpoints of a thread that something comes after, in the order of the thread.
 * @param checkpoints Of all its branches, the newest first.
 * @param changes What has changed of the nodes that ran before each, by its id.
 */
export function checkpointItems(
  checkpoints: readonly ThreadCheckpoint[],
  changes: ReadonlyMap<string, ChangedNodes> = new Map(),
): CheckpointItem[] {
  const byId = new Map(checkpoints.map((checkpoint) => [checkpoint.checkpointId, checkpoint]));
  const ofNewest = lineOf(checkpoints[0], byId);
  return checkpoints.flatMap((checkpoint): readonly CheckpointItem[] => {
    const { step, source, next, parentId = '', createdAt, questions } = checkpoint;
    if (next.length === 0) return [];
    const ran = source === 'loop' ? (byId.get(parentId)?.next ?? []) : [];
    const isOld = !ofNewest.has(checkpoint.checkpointId);
    return [
      {
        label: plain(`Step ${step}: ${howItCame(source, ran)}`),
        description: plain(`next: ${next.map(nodeName).join(', ')}`),
        detail: [
          formatMoment(createdAt),
          ...(isOld ? ['an earlier branch'] : []),
          ...(questions > 0
            ? [`asked ${questions === 1 ? 'a question' : `${questions} questions`}`]
            : []),
          ...changesText(changes.get(checkpoint.checkpointId)),
        ].join(' · '),
        checkpoint,
        ran,
      },
    ];
  });
}

/** The ids of a checkpoint and of all before it. */
function lineOf(
  last: ThreadCheckpoint | undefined,
  byId: ReadonlyMap<string, ThreadCheckpoint>,
): Set<string> {
  const line = new Set<string>();
  for (let at = last; at && !line.has(at.checkpointId); at = byId.get(at.parentId ?? '')) {
    line.add(at.checkpointId);
  }
  return line;
}

function howItCame(source: ThreadCheckpoint['source'], ran: readonly string[]): string {
  if (source === 'input') return 'the input';
  if (source === 'update') return 'an edited state';
  if (source === 'fork') return 'a branch begins';
  return `after ${ran.map(nodeName).join(', ') || 'a superstep'}`;
}

function changesText({ changed, perhaps }: ChangedNodes = { changed: [], perhaps: [] }): string[] {
  return [
    ...(changed.length > 0 ? [`changed since: ${someOf(changed)}`] : []),
    ...(perhaps.length > 0 ? [`perhaps changed since: ${someOf(perhaps)}`] : []),
  ];
}

function someOf(nodes: readonly string[]): string {
  const named = nodes.slice(0, MAX_NAMED).map((node) => plain(nodeName(node)));
  const more = nodes.length - named.length;
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ');
}

function nodeName(node: string): string {
  return node === '__start__' ? 'the start' : node;
}

/** Nodes are called what their author likes: `$(x)` must not become an icon, nor a name a second line. */
function plain(text: string): string {
  return text.replaceAll('$(', '$\u200b(').replace(/\s+/g, ' ').slice(0, 300);
}

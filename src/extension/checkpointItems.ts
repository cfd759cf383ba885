import type { ThreadCheckpoint } from '../protocol/threads.ts';
import { formatMoment } from '../runner/report/formatTime.ts';

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
 */
export function checkpointItems(checkpoints: readonly ThreadCheckpoint[]): CheckpointItem[] {
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

function nodeName(node: string): string {
  return node === '__start__' ? 'the start' : node;
}

/** Nodes are called what their author likes: `$(x)` must not become an icon, nor a name a second line. */
function plain(text: string): string {
  return text.replaceAll('$(', '$\u200b(').replace(/\s+/g, ' ').slice(0, 300);
}

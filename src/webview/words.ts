import type { NodeProgress, NodeStatus } from '../protocol/webviewMessages.ts';

/** A duration for people: `312 ms`, `2.01 s`, `1 min 05 s`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** `3/10` for a node with several tasks, else nothing. */
export function formatCount({ running, done, failed }: NodeProgress): string {
  const total = running + done + failed;
  return total > 1 ? `${done}/${total}` : '';
}

/** Count and time as they stand beside a node's sign: `3/10`, `2.01 s`, `10/10 · 20.1 s`. */
export function formatChip(progress: NodeProgress): string {
  const time = progress.status === 'running' ? '' : formatDuration(progress.totalMs);
  return [formatCount(progress), time].filter((part) => part !== '').join(' · ');
}

/** A node's state as a sentence part: `running, 3 of 10 done`, `done, 2.01 s`. */
export function describeProgress(progress: NodeProgress): string {
  const { status, running, done, failed, totalMs, error } = progress;
  const total = running + done + failed;
  const parts: string[] = [STATUS_WORDS[status]];
  if (total > 1) parts.push(done === total ? `${total} times` : `${done} of ${total} done`);
  if (status !== 'running' && status !== 'idle') parts.push(formatDuration(totalMs));
  return parts.join(', ') + (error ? `: ${error}` : '');
}

/** The words for a status, in the list and for screen readers. */
export const STATUS_WORDS: Readonly<Record<NodeStatus, string>> = {
  idle: 'not run',
  running: 'running',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

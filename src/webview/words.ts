import { describeUse, type ModelUse } from '../protocol/modelUse.ts';
import type { NodeProgress, NodeStatus } from '../protocol/webviewMessages.ts';

/** Made once: `toLocaleString` makes one each time, which a thousand lines of a frame would feel. */
const counts = new Intl.NumberFormat('en-US');

/** A number for people: `12,345`. */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** A duration for people: `312 ms`, `2.01 s`, `1 min 05 s`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/**
 * Count and time as they stand beside a node's sign: `3/10 · 4 running`, `10/10 · 20.1 s`. Longest
 * first, for as much room as there is.
 */
export function formatChip(progress: NodeProgress): string[] {
  const { status, done, running, cached = 0, handled = 0, totalMs } = progress;
  const total = countTasks(progress);
  const time = status === 'running' ? '' : formatDuration(totalMs);
  if (total <= 1 && (status === 'waiting' || status === 'running')) return [status];
  if (total <= 1) return [cached > 0 ? 'cached' : handled > 0 ? `handled · ${time}` : time];
  const count = `${done}/${total}`;
  const runs = running > 0 && running < total ? `${running} running` : '';
  const failed = formatFailed(progress);
  const paused = formatPaused(progress);
  const cancelled = formatCancelled(progress);
  const kept = cached > 0 ? `${cached} cached` : '';
  const saved = handled > 0 ? `${handled} handled` : '';
  return [
    [count, runs, paused, failed, cancelled, saved, kept, time],
    [count, paused, failed, cancelled, saved, time],
    [count, paused, failed, cancelled],
    [count, failed || paused || cancelled],
    [count],
  ].map(join);
}

/** What models did for a node, `gpt-4o · 1.2k→340 · ↻ 1 · offline`; longest first. */
export function formatUse(use: ModelUse): string[] {
  const { models, calls, tokensIn, tokensOut, retries, cached, sources } = use;
  const [first = '', ...others] = models;
  const name = others.length > 0 ? `${first} +${others.length}` : first;
  const short = first.length > 12 ? `${first.slice(0, 11)}…` : name;
  const tokens =
    tokensIn + tokensOut > 0 ? `${formatAmount(tokensIn)}→${formatAmount(tokensOut)}` : '';
  const again = retries > 0 ? `↻ ${retries}` : '';
  const kept = cached > 0 ? (cached === calls ? 'cached' : `${cached} cached`) : '';
  return [
    [name, tokens, again, kept, ...sources],
    [short, tokens, again, kept, ...sources],
    [short, tokens, ...sources],
    [short, ...sources],
    [short],
  ].map(join);
}

/** `312`, `1.2k`, `45k`, `1.2M`. */
export function formatAmount(value: number): string {
  if (value < 1000) return String(value);
  const [amount, unit] = value < 999_500 ? [value / 1000, 'k'] : [value / 1_000_000, 'M'];
  return `${amount < 9.95 ? amount.toFixed(1) : Math.round(amount)}${unit}`;
}

/** All tasks of a node that are known of. */
export function countTasks(progress: NodeProgress): number {
  const { running, done, failed, cancelled = 0, waiting = 0, paused = 0 } = progress;
  return running + done + failed + cancelled + waiting + paused;
}

/** A node's state as a sentence part: `3 of 10 done, 4 running, 3 waiting`, `done, 2.01 s`. */
export function describeProgress(progress: NodeProgress): string {
  const { status, running, done, waiting = 0, cached = 0, handled = 0, totalMs, error } = progress;
  const total = countTasks(progress);
  const isMapped = total > 1;
  const parts = [
    isMapped && status === 'running' ? '' : STATUS_WORDS[status],
    isMapped ? (done === total ? `${total} times` : `${done} of ${total} done`) : '',
    isMapped && running > 0 ? `${running} running` : '',
    waiting > 0 ? `${waiting} waiting` : '',
    isMapped && status !== 'waiting' ? formatPaused(progress) : '',
    isMapped ? formatFailed(progress) : '',
    isMapped ? formatCancelled(progress) : '',
    cached > 0 ? (isMapped ? `${cached} cached` : 'cached') : '',
    handled > 0 ? `${isMapped ? `${handled} of them ` : ''}by its error handler` : '',
    status === 'running' || status === 'idle' || status === 'waiting'
      ? ''
      : formatDuration(totalMs),
  ];
  return parts.filter((part) => part !== '').join(', ') + (error ? `: ${error}` : '');
}

function formatFailed({ failed }: NodeProgress): string {
  return failed > 0 ? `${failed} failed` : '';
}

/** Told apart from those that wait for their turn. */
function formatPaused({ paused = 0 }: NodeProgress): string {
  return paused > 0 ? `${paused} paused` : '';
}

function formatCancelled({ cancelled = 0 }: NodeProgress): string {
  return cancelled > 0 ? `${cancelled} cancelled` : '';
}

/** All there is to say of a node, a line each: its state, what models did, what comes in. */
export function describeNode(progress: NodeProgress): string[] {
  const { modelUse, answer } = progress;
  return [
    describeProgress(progress),
    ...(modelUse ? [describeUse(modelUse).join(', ')] : []),
    ...(answer === undefined ? [] : [`… ${oneLine(answer)}`]),
  ];
}

function join(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' · ');
}

/** A piece of an answer on one line. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** The words for a status, in the list and for screen readers. */
export const STATUS_WORDS: Readonly<Record<NodeStatus, string>> = {
  idle: 'not run',
  running: 'running',
  waiting: 'waiting',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

import type { NodeProgress } from '../../protocol/webviewMessages.ts';
import { formatDuration } from '../../runner/report/formatTime.ts';

/** How a node has fared in the last run, in a few words: `2.000 s ×10 · 3.1k tokens · 1 retry`. */
export function nodeNote(progress: NodeProgress): string {
  const { running, done, failed, totalMs, cached = 0, waiting = 0, paused = 0 } = progress;
  const { cancelled = 0, modelUse } = progress;
  const ended = done + failed + cancelled;
  const average = ended === 0 ? '' : formatDuration(totalMs / ended);
  const tokens = modelUse ? modelUse.tokensIn + modelUse.tokensOut : 0;
  return [
    ended > 1 ? `${average} ×${count(ended)}` : average,
    running > 0 && (running > 1 ? `${count(running)} running` : 'running'),
    waiting > 0 && `${count(waiting)} to come`,
    paused > 0 && 'waits',
    tokens > 0 && `${short(tokens)} tokens`,
    modelUse && modelUse.retries > 0 && plural(modelUse.retries, 'retry', 'retries'),
    cached > 0 && (cached === ended ? 'cached' : `${count(cached)} cached`),
    failed > 0 && (ended > 1 ? `${count(failed)} failed` : 'failed'),
    cancelled > 0 && (ended > 1 ? `${count(cancelled)} cancelled` : 'cancelled'),
  ]
    .filter((part) => part !== false && part !== undefined && part !== '')
    .join(' · ');
}

function plural(value: number, one: string, many: string): string {
  return value === 1 ? `1 ${one}` : `${count(value)} ${many}`;
}

/** `950`, `3.1k`, `2.4M` */
function short(value: number): string {
  if (value < 1000) return String(value);
  return value < 1_000_000 ? `${(value / 1000).toFixed(1)}k` : `${(value / 1_000_000).toFixed(1)}M`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

import type { TaskSpan } from '../../trace/spans.ts';
import { stragglerOf } from '../../trace/stragglers.ts';
import { formatAmount, formatDuration } from '../words.ts';
import { tellCost } from './tellCost.ts';

/** What is said of a task beside the pointer, a line each. */
export function tellTask(span: TaskSpan, nowMs: number): string[] {
  const { task, startMs, readyMs, endMs = nowMs, attempts, calls, error, status } = span;
  const barrier = (span.superstep?.endMs ?? endMs) - endMs;
  const straggler = span.superstep && stragglerOf(span.superstep);
  const isStraggler = straggler?.span === span && straggler.costMs >= 1;
  const tokens = calls.reduce((sum, { tokensIn, tokensOut }) => sum + tokensIn + tokensOut, 0);
  const models = [...new Set(calls.map(({ call }) => call.model))];
  const [why = ''] = (error?.message ?? '').split('\n', 1);
  return [
    task.path.join(' › '),
    `${span.isRecalled ? 'taken over' : span.isCached ? 'from the cache' : status}, ` +
      `${formatDuration(endMs - startMs)}, from ${formatDuration(startMs)} on`,
    startMs - readyMs >= 1 ? `waited ${formatDuration(startMs - readyMs)} for a place` : '',
    attempts.length > 1 ? `${attempts.length} tries` : '',
    models.length > 0
      ? `${calls.length === 1 ? '1 call' : `${calls.length} calls`} of ${models.slice(0, 3).join(', ')}` +
        (tokens > 0 ? `, ${formatAmount(tokens)} tokens` : '')
      : '',
    barrier >= 1 ? `then ${formatDuration(barrier)} for the others of its superstep` : '',
    isStraggler ? `held ${tellCost(straggler)}` : '',
    why.slice(0, 200),
  ].filter((line) => line !== '');
}

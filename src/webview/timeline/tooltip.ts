import type { TaskSpan } from '../../trace/spans.ts';
import { stragglerOf } from '../../trace/stragglers.ts';
import { readMessage } from '../../protocol/messageView.ts';
import { formatAmount, formatDuration } from '../words.ts';
import { previewFields, previewOf } from '../valueView.ts';
import { tellCost } from './tellCost.ts';

/** Of what a task got or wrote, characters and updates. */
const MOST_TEXT = 200;
const MOST_UPDATES = 3;

/** What is said of a task beside the pointer, a line each. */
export function tellTask(span: TaskSpan, nowMs: number): string[] {
  const { task, startMs, readyMs, endMs = nowMs, attempts, calls, error, status, updates } = span;
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
    span.input === undefined ? '' : `got ${tellValue(span.input)}`,
    updates.length > 0 ? `wrote ${updates.slice(0, MOST_UPDATES).map(tellValue).join(' · ')}` : '',
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

function tellValue(value: unknown): string {
  const isPlain = typeof value === 'object' && value !== null && !Array.isArray(value);
  const text = isPlain && !readMessage(value) ? previewFields(value) : previewOf(value);
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
}

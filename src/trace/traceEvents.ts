import { placeInLanes } from './lanes.ts';
import { isLeaf, type ModelSpan, type TaskSpan } from './spans.ts';
import type { Trace } from './trace.ts';

/** One event of the Trace Event Format. */
interface TraceEvent {
  readonly ph: 'X' | 'M';
  readonly pid: number;
  readonly tid: number;
  readonly name: string;
  readonly cat?: string;
  /** Microseconds. */
  readonly ts?: number;
  readonly dur?: number;
  readonly args: Readonly<Record<string, unknown>>;
}

/**
 * A run in the Trace Event Format, which Perfetto, speedscope and `chrome://tracing` open. Each track
 * has tasks that do not overlap, with the requests to models inside them.
 */
export function toTraceEvents(trace: Trace, nowMs: number): string {
  const events: TraceEvent[] = [
    { ph: 'M', pid: 1, tid: 0, name: 'process_name', args: { name: trace.graph } },
  ];
  const depths = new Map<number, TaskSpan[]>();
  for (const span of trace.tasks) {
    const depth = depthOf(span);
    const level = depths.get(depth);
    if (level) level.push(span);
    else depths.set(depth, [span]);
  }
  let tid = 0;
  for (const spans of depths.values()) {
    const { lanes, count } = placeInLanes(
      spans.map(({ startMs, endMs = nowMs }) => ({ startMs, endMs })),
    );
    for (let lane = 0; lane < count; lane++) {
      const name = `tasks ${tid + lane + 1}`;
      events.push({ ph: 'M', pid: 1, tid: tid + lane + 1, name: 'thread_name', args: { name } });
    }
    spans.forEach((span, at) => events.push(...eventsOf(span, tid + lanes[at]! + 1, nowMs)));
    tid += count;
  }
  return `{"traceEvents":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`;
}

function depthOf({ parent }: TaskSpan): number {
  let depth = 0;
  for (let at = parent; at; at = at.parent) depth++;
  return depth;
}

function eventsOf(span: TaskSpan, tid: number, nowMs: number): TraceEvent[] {
  const { task, startMs, endMs = nowMs, status } = span;
  const args = { path: task.path.join(' › '), superstep: task.superstep, status };
  const cat = isLeaf(span) ? 'task' : 'subgraph';
  return [
    { ...complete(startMs, endMs), tid, name: task.node, cat, args },
    // Requests at the same time would not nest: the longest of them stands for all.
    ...nested(span.calls, nowMs).map((call) => ({
      ...complete(Math.max(startMs, call.startMs), Math.min(endMs, call.endMs ?? nowMs)),
      tid,
      name: call.call.model,
      cat: 'model',
      args: { tokensIn: call.tokensIn, tokensOut: call.tokensOut, status: call.status },
    })),
  ];
}

function complete(
  startMs: number,
  endMs: number,
): Pick<TraceEvent, 'ph' | 'pid'> & { ts: number; dur: number } {
  return { ph: 'X', pid: 1, ts: startMs * 1000, dur: Math.max(0, endMs - startMs) * 1000 };
}

function nested(calls: readonly ModelSpan[], nowMs: number): ModelSpan[] {
  let until = -Infinity;
  return calls.filter(({ startMs, endMs = nowMs }) => {
    if (startMs < until) return false;
    until = endMs;
    return true;
  });
}

import type { ModelUse } from '../../protocol/modelUse.ts';
import type { NodeProgress } from '../../protocol/webviewMessages.ts';

const none: Omit<NodeProgress, 'id'> = {
  status: 'idle',
  running: 0,
  done: 0,
  failed: 0,
  totalMs: 0,
};

/**
 * How far a node has come in a run that went on with an earlier one.
 * @param before In the earlier run, which is over: what had waited in it is counted anew.
 * @param now In the later one; absent: nothing yet.
 */
export function addProgress(before: NodeProgress, now?: NodeProgress): NodeProgress {
  const { paused: _, waiting: __, answer: ___, ...rest } = before;
  const then = { ...rest, running: 0 };
  if (!now) {
    const isOver = before.status === 'failed' || before.status === 'cancelled';
    return { ...then, status: isOver ? before.status : before.done > 0 ? 'done' : 'idle' };
  }
  const total = { ...none, ...then, ...now };
  const sums = ['done', 'failed', 'cancelled', 'cached', 'handled', 'totalMs'] as const;
  const added = Object.fromEntries(
    sums.flatMap((key) => {
      const sum = (before[key] ?? 0) + (now[key] ?? 0);
      return sum > 0 ? [[key, sum]] : [];
    }),
  );
  const use = addUse(before.modelUse, now.modelUse);
  const status = now.status === 'idle' ? addProgress(before).status : now.status;
  return { ...total, ...added, status, ...(use && { modelUse: use }) };
}

function addUse(a: ModelUse | undefined, b: ModelUse | undefined): ModelUse | undefined {
  if (!a || !b) return a ?? b;
  return {
    calls: a.calls + b.calls,
    failed: a.failed + b.failed,
    retries: a.retries + b.retries,
    cached: a.cached + b.cached,
    tokensIn: a.tokensIn + b.tokensIn,
    tokensOut: a.tokensOut + b.tokensOut,
    uncounted: a.uncounted + b.uncounted,
    models: [...new Set([...a.models, ...b.models])],
    sources: [...new Set([...a.sources, ...b.sources])],
  };
}

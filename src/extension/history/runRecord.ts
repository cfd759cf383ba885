import type { RunContent, RunEnd, RunHead } from '../../runner/history/keptRun.ts';
import type { RunOptions, RunResult } from '../../runner/runner.ts';
import type { RunViewModel } from '../runs/runViewModel.ts';

/** What a run was told to do. */
export type RunTask = Pick<RunOptions, 'input' | 'resume' | 'threadId' | 'store'>;

/** What is kept of a run that begins. */
export function describe(
  { target, graph, beganAs }: RunViewModel,
  { input = graph.input, resume, threadId, store }: RunTask,
  start: Pick<RunHead, 'id' | 'startedAt'>,
): { head: RunHead; content: RunContent } {
  const thread = threadId ?? store?.freshThread;
  const head = {
    ...{ ...start, ...target, graph: graph.name },
    ...(resume && { isContinued: true as const }),
    ...(thread !== undefined && { threadId: thread }),
    ...(beganAs !== target.file && { beganAs }),
  };
  return { head, content: { graph, ...(!resume && { input: { value: input } }) } };
}

/** What is kept of its end. */
export function runEnd({
  status,
  durationMs,
  threadId,
  keptBy,
  error,
  problem,
}: RunResult): RunEnd {
  return {
    ...{ status, durationMs },
    ...(threadId !== undefined && { threadId }),
    ...(keptBy && { keptBy }),
    ...(error && { error }),
    ...(problem && { problem }),
  };
}

/** Why runs are not kept: two sentences. */
export function failureText(error: unknown): string {
  const { code, message } = error as { code?: unknown; message: string };
  const why = code === 'ENOSPC' ? 'the disk is full' : message;
  return `Runs are not kept for now: ${why}. They go on all the same.`;
}

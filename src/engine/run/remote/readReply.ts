import type { SavedResult, TaskRecord } from '../../model/checkpointer.ts';
import type { TaskReply } from '../../model/remote.ts';
import { fromSavedResult } from '../../plan/checkpoints.ts';
import type { TaskResult } from '../../plan/outcome.ts';
import { thrownBy } from '../failure.ts';
import { unpack, unpackError } from '../sending.ts';
import type { TaskFrame } from '../taskFrame.ts';

/** A reply as the run of its task takes it. */
type ReadReply = { readonly records: readonly TaskRecord[] } & (
  | { readonly status: 'done'; readonly result: TaskResult }
  | { readonly status: 'paused'; readonly record: TaskRecord }
  | { readonly status: 'failed'; readonly error: Error }
);

export function readReply({ run, key }: TaskFrame, reply: TaskReply): ReadReply {
  const records = unpack(reply.records) as TaskRecord[];
  if (reply.status === 'done') {
    const result = fromSavedResult(run.plan, unpack(reply.result!) as SavedResult);
    return { status: 'done', records, result };
  }
  if (reply.status === 'paused') {
    const record = records.find(({ task }) => task === key)!;
    return { status: 'paused', records, record };
  }
  const error = unpackError(reply.error!);
  const { task } = reply.error!;
  return {
    status: 'failed',
    records,
    error: task === undefined ? error : thrownBy(error, task, run.root),
  };
}

import { checkPage } from '../model/checkCount.ts';
import { unknownCheckpoint } from '../run/resolveStart.ts';
import type { Plan } from '../plan/plan.ts';
import { emptyState, toStateSnapshot } from '../plan/stateSnapshot.ts';
import type { StateSnapshot, ThreadConfig } from '../model/stateSnapshot.ts';
import { placeOf } from './threadPlace.ts';
import type { RunConfig } from '../model/runConfig.ts';

/** Which states of a thread to list. */
export interface HistoryOptions {
  /** At most so many. Default: all. */
  limit?: number;
  /** Only states older than this one. */
  before?: { readonly configurable?: Readonly<Record<string, any>> };
  /** Only states whose metadata have these values, such as `{ source: "loop" }`. */
  filter?: Readonly<Record<string, unknown>>;
}

/** The newest state of a thread, or the one that the config names. */
export async function getState(
  root: Plan,
  config: RunConfig,
  options: { readonly subgraphs: boolean },
): Promise<StateSnapshot> {
  const place = placeOf(root, config, 'read the state of');
  const { saver, thread, checkpointId, plan } = place;
  const saved = await saver.get({ ...thread, checkpointId });
  if (saved === undefined) {
    if (checkpointId !== undefined) throw unknownCheckpoint(place);
    return emptyState(thread);
  }
  const isNewest = checkpointId === undefined;
  const newest = isNewest ? saved : await saver.get(thread);
  const isPast = newest?.checkpoint.id !== saved.checkpoint.id;
  const state = toStateSnapshot(plan, thread, { saved, isNewest, isPast });
  if (!options.subgraphs) return state;
  const tasks = state.tasks.map(async (task) =>
    task.state === undefined
      ? task
      : {
          ...task,
          state: await getState(root, { ...config, ...(task.state as ThreadConfig) }, options),
        },
  );
  return { ...state, tasks: await Promise.all(tasks) };
}

/** All states of a thread, newest first. */
export async function* getStateHistory(
  root: Plan,
  config: RunConfig,
  options: HistoryOptions,
): AsyncGenerator<StateSnapshot> {
  checkPage(options);
  const { limit = Infinity, before, filter = {} } = options;
  const { saver, thread, plan } = placeOf(root, config, 'read the history of');
  const wanted = Object.entries(filter);
  const beforeId = before?.configurable?.['checkpoint_id'] as string | undefined;
  const list = {
    ...(beforeId !== undefined && { before: beforeId }),
    ...(wanted.length === 0 && { limit }),
  };
  let count = 0;
  if (limit === 0) return;
  let isPast = beforeId !== undefined;
  for await (const saved of saver.list(thread, list)) {
    const state = toStateSnapshot(plan, thread, { saved, isNewest: false, isPast });
    isPast = true;
    const metadata = state.metadata as unknown as Record<string, unknown>;
    if (!wanted.every(([key, value]) => Object.is(metadata[key], value))) continue;
    yield state;
    if (++count >= limit) return;
  }
}

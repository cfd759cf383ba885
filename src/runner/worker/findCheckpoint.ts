import { SuperstepError } from '../../engine/model/errors.ts';
import type { StateSnapshot } from '../../engine/model/stateSnapshot.ts';
import type { CallConfig, RunnableGraph } from './graphFile.ts';

const STEP = /^-?\d+$/;
/** Shorter parts of an id are not meant as such. */
const shortestPart = 4;

/**
 * The id of a checkpoint that a person has named: by itself, or by a beginning or end that no other has, or
 * by the number of its step, where several branches have one of that number the newest.
 * @throws {SuperstepError} UNKNOWN_CHECKPOINT, with the steps that there are.
 */
export async function findCheckpoint(
  { graph }: RunnableGraph,
  config: CallConfig,
  name: string,
): Promise<string> {
  const steps = new Set<number>();
  const alike: string[] = [];
  for await (const snapshot of graph.getStateHistory(config)) {
    const id = checkpointIdOf(snapshot);
    const { step } = snapshot.metadata!;
    if (id === name || (STEP.test(name) && step === Number(name))) return id;
    if (id.startsWith(name) || id.endsWith(name)) alike.push(id);
    steps.add(step);
  }
  const [only, ...others] = name.length < shortestPart ? [] : alike;
  if (only !== undefined && others.length === 0) return only;
  const { thread_id: threadId } = config.configurable!;
  const known =
    steps.size === 0
      ? 'it has none'
      : only !== undefined
        ? `${alike.length} begin or end so; write more of the id`
        : `name one by its id, or by its step, from ${Math.min(...steps)} to ${Math.max(...steps)}`;
  const message = `Thread "${threadId}" has no checkpoint "${name}": ${known}`;
  throw new SuperstepError('UNKNOWN_CHECKPOINT', message, { value: name });
}

/** The id of a stored state. */
export function checkpointIdOf({ config }: StateSnapshot): string {
  return config.configurable.checkpoint_id!;
}

import { fingerprint } from '../checkpoint/ids.ts';
import type { Frame } from '../runtime/frame.ts';

/** Names a task among those of its superstep. */
export function taskName(node: string, sendIndex: number): string {
  return sendIndex < 0 ? node : `${node}[${sendIndex}]`;
}

/** The id of a task of a checkpoint; also of the question that it asks. */
export function taskIdOf(namespace: string, checkpointId: string, task: string): string {
  return fingerprint(`${namespace}|${checkpointId}|${task}`);
}

/** The task of the superstep that code runs for. */
export function ownerName(frame: Frame): string {
  return frame.info.path[frame.run.path.length]!;
}

/** Who asks: the task itself, or a functional task inside it. */
export function askerName(frame: Frame): string {
  const { path } = frame.info;
  const own = frame.run.path.length;
  return path.length === own + 1 ? path[own]! : `:${path.join('/')}`;
}

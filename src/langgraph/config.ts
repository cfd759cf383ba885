import { getConfig as ownConfig, type NodeConfig } from '../engine/index.ts';
import { valuesWith } from '../engine/plan/applyWrites.ts';
import { EMPTY } from '../engine/state/channel.ts';
import { checkUpdate } from '../engine/plan/outcome.ts';
import type { Frame } from '../engine/run/frame.ts';
import { currentFrame } from '../engine/run/runContext.ts';

/**
 * The config of the task around, with what packages read and write the state by that are written for
 * LangGraph's inside, such as the files of `deepagents`.
 */
export function getConfig(): NodeConfig {
  const config = ownConfig();
  const frame = currentFrame()!;
  const inside = {
    __pregel_send: (writes: readonly (readonly [key: string, value: unknown])[]) =>
      send(frame, writes),
    __pregel_read: (key: string, isFresh = false) => read(frame, key, isFresh),
  };
  return { ...config, configurable: { ...config.configurable, ...inside } };
}

/** Writes updates beside what the task returns. */
function send(frame: Frame, writes: readonly (readonly [key: string, value: unknown])[]): void {
  const { run, info } = frame;
  for (const [key, value] of writes) {
    if (!run.plan.byKey.has(key)) continue;
    frame.push(checkUpdate(run.plan, info.node, { [key]: value }));
  }
}

/** A key of the state as the task has found it, or with what the task has written since. */
function read(frame: Frame, key: string, isFresh: boolean): unknown {
  const { run, info, pushed = [] } = frame;
  const index = run.plan.byKey.get(key);
  if (index === undefined) return undefined;
  const { values } = run.snapshot;
  const now = isFresh
    ? valuesWith(run.plan, values, { updates: pushed, writer: info.node })
    : values;
  const value = now[index];
  return value === EMPTY ? undefined : value;
}

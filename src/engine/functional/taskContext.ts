import { SuperstepError } from '../model/errors.ts';
import type { NodeConfig } from '../model/node.ts';
import type { Frame } from '../run/frame.ts';
import { currentFrame } from '../run/runContext.ts';

/**
 * The frame of the code that calls.
 * @throws {SuperstepError} OUTSIDE_RUN
 */
export function requireFrame(helper: string): Frame {
  const frame = currentFrame();
  if (frame !== undefined) return frame;
  throw new SuperstepError(
    'OUTSIDE_RUN',
    `Cannot call ${helper}() here: no run is going on. Call it inside of a node, an entrypoint or a task`,
  );
}

/**
 * What the running node or task was given beside its input: signal, context, writer and so on.
 *
 * @throws {SuperstepError} OUTSIDE_RUN
 * @example
 * ```ts
 * import { entrypoint, getConfig } from 'superstep';
 * const workflow = entrypoint('greet', () => `Hello ${getConfig().configurable.user}`);
 * console.log(await workflow.invoke({}, { configurable: { user: 'Ann' } })); // Hello Ann
 * ```
 */
export function getConfig(): NodeConfig {
  return requireFrame('getConfig').config;
}

/**
 * The function that sends values to the observers of the run at once, for `streamMode: "custom"`.
 *
 * @throws {SuperstepError} OUTSIDE_RUN
 * @example
 * ```ts
 * import { entrypoint, getWriter } from 'superstep';
 * const workflow = entrypoint('count', () => [1, 2].forEach((n) => getWriter()(n)));
 * for await (const n of await workflow.stream({}, { streamMode: 'custom' })) console.log(n); // 1 2
 * ```
 */
export function getWriter(config?: Partial<Pick<NodeConfig, 'writer'>>): (value: unknown) => void {
  return config?.writer ?? requireFrame('getWriter').config.writer;
}

/**
 * Sends a value to the observers of the run at once: the same as `getWriter()(value)`.
 *
 * @throws {SuperstepError} OUTSIDE_RUN
 * @example
 * ```ts
 * import { entrypoint, writer } from 'superstep';
 * const workflow = entrypoint('count', () => [1, 2].forEach((n) => writer(n)));
 * for await (const n of await workflow.stream({}, { streamMode: 'custom' })) console.log(n); // 1 2
 * ```
 */
export function writer<Value>(value: Value): void {
  requireFrame('writer').config.writer(value);
}

/**
 * The input of the running node, or the list of arguments of the running task.
 *
 * @throws {SuperstepError} OUTSIDE_RUN
 */
export function getCurrentTaskInput<Input = unknown>(): Input {
  return requireFrame('getCurrentTaskInput').input as Input;
}

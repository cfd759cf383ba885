import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import {
  Annotation,
  type CompiledStateGraph,
  type NodeConfig,
  type RunConfig,
  type RunEvent,
  type SuperstepError,
} from '../../src/engine/index.ts';
import { execute } from '../../src/engine/graph/execute.ts';
import type { Effects } from '../../src/engine/run/internals.ts';

export const concat = (a: string[], b: string[]) => a.concat(b);

/** State with one reduced list, `log`, in which each node leaves its name. */
export const LogState = Annotation.Root({
  log: Annotation<string[]>({ reducer: concat, default: () => [] }),
});

/** A node that writes its name to `log`. */
export const says = (name: string) => () => ({ log: [name] });

/** What was thrown, checked to be an error of the library with this code. */
export async function failsWith(
  code: string,
  action: (() => unknown) | Promise<unknown>,
): Promise<SuperstepError> {
  const error = await thrownBy(action);
  assert.ok(error instanceof Error, `expected an Error, got ${String(error)}`);
  assert.equal((error as SuperstepError).code, code, error.stack);
  return error as SuperstepError;
}

/** What was thrown or rejected with; fails the test if nothing was. */
export async function thrownBy(action: (() => unknown) | Promise<unknown>): Promise<unknown> {
  try {
    await (typeof action === 'function' ? action() : action);
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
}

/** Asserts that a message has all the parts that a reader needs. */
export function mentions(error: Error, ...parts: readonly string[]): void {
  for (const part of parts) {
    assert.notEqual(part, '', 'every message mentions nothing');
    assert.ok(error.message.includes(part), `"${error.message}" does not mention ${part}`);
  }
}

/** Everything that an async iterable yields. */
export async function collect<T>(
  source: AsyncIterable<T> | Promise<AsyncIterable<T>>,
): Promise<T[]> {
  const items: T[] = [];
  for await (const item of await source) items.push(item);
  return items;
}

/** Lets everything that is ready run, timers excepted. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await setImmediate();
}

/** An observer that keeps its events, and can tell them in short. */
export function recorder() {
  const events: RunEvent[] = [];
  return {
    events,
    onEvent: (event: RunEvent) => void events.push(event),
    of: <T extends RunEvent['type']>(type: T) =>
      events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type),
    /** One line an event: its type and what it is about. */
    lines: () => events.map(toLine),
  };
}

function toLine(event: RunEvent): string {
  switch (event.type) {
    case 'taskStarted':
    case 'taskFinished':
    case 'taskWrote':
    case 'custom':
      return `${event.type} ${event.task.path.join('/')}`;
    case 'taskFailed':
      return `${event.type} ${event.task.path.join('/')}${event.cancelled ? ' (cancelled)' : ''}`;
    case 'superstepStarted':
    case 'superstepFinished':
      return `${event.type} ${[...event.path, event.superstep].join('/')}`;
    default:
      return event.type;
  }
}

/** Runs graphs with another clock, or another chance, than the system's. */
export function withEffects(effects: Partial<Effects>) {
  return (graph: CompiledStateGraph<any, any, any, any, any, any>) => ({
    invoke: (input: any, config: RunConfig = {}): Promise<any> =>
      execute(graph.plan, input, { defaults: graph.defaults, config }, { effects }),
  });
}

/** A node that never ends by itself; `started` tells when it runs. */
export function endless() {
  const started = Promise.withResolvers<AbortSignal>();
  const node = (_: unknown, { signal }: NodeConfig) => {
    started.resolve(signal);
    return new Promise<undefined>(() => {});
  };
  return { node, started: started.promise };
}

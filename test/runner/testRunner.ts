import { fileURLToPath } from 'node:url';
import type { RunEvent } from '../../src/engine/model/events.ts';
import { langGraphUrls } from '../../src/langgraph/entries.ts';
import type { Runner, RunOptions, RunResult } from '../../src/runner/runner.ts';
import { createWorkerRunner, type WorkerRunnerOptions } from '../../src/runner/workerRunner.ts';

/** A runner on the sources, disposed when the test ends. */
export function createTestRunner(
  t: { after(release: () => unknown): void },
  options: Partial<WorkerRunnerOptions> = {},
): ReturnType<typeof createWorkerRunner> {
  const runner = createWorkerRunner({
    workerUrl: new URL('../../src/runner/workerMain.ts', import.meta.url),
    debugUrl: new URL('../../src/runner/debug/debugMain.ts', import.meta.url),
    shipped: {
      superstep: new URL('../../src/engine/index.ts', import.meta.url).href,
      'superstep/sqlite': new URL('../../src/engine/sqlite.ts', import.meta.url).href,
      'superstep/openai': new URL('../../src/openai/index.ts', import.meta.url).href,
      'superstep/prebuilt': new URL('../../src/prebuilt/index.ts', import.meta.url).href,
      'superstep/testing': new URL('../../src/testing/index.ts', import.meta.url).href,
      ...langGraphUrls((name) => new URL(`../../src/langgraph/${name}.ts`, import.meta.url).href),
      zod: import.meta.resolve('zod'),
      openai: import.meta.resolve('openai'),
    },
    loadEsbuild: () => import('esbuild'),
    ...options,
  });
  t.after(() => runner.dispose());
  return runner;
}

/** Absolute path of a fixture. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/runner/${name}`, import.meta.url));
}

/** A run under way, with everything that its observer has heard. */
export interface Recording {
  readonly result: Promise<RunResult>;
  readonly events: RunEvent[];
  /** The size of each batch. */
  readonly batches: number[];
  /** Resolves with the first event, past or to come, that the test is waiting for. */
  readonly when: (matches: (event: RunEvent) => boolean) => Promise<RunEvent>;
}

/** Starts a run and records its events. */
export function record(runner: Runner, options: RunOptions): Recording {
  const events: RunEvent[] = [];
  const batches: number[] = [];
  const waiting = new Set<() => void>();
  const result = runner.run({
    ...options,
    onEvents(batch) {
      events.push(...batch);
      batches.push(batch.length);
      for (const check of waiting) check();
    },
  });
  const when = (matches: (event: RunEvent) => boolean) =>
    new Promise<RunEvent>((resolve, reject) => {
      const check = () => {
        const found = events.find(matches);
        if (!found) return;
        waiting.delete(check);
        resolve(found);
      };
      waiting.add(check);
      check();
      const onEnd = () => reject(new Error('The run ended without the event'));
      result.then(onEnd, onEnd);
    });
  return { result, events, batches, when };
}

/** True for the start of that node. */
export function starts(node: string): (event: RunEvent) => boolean {
  return (event) => event.type === 'taskStarted' && event.task.node === node;
}

/** The events without what differs from run to run: one short text each. */
export function transcript(events: readonly RunEvent[]): string[] {
  return events.map((event) => {
    switch (event.type) {
      case 'taskStarted':
      case 'taskWrote':
      case 'taskFinished':
        return `${event.type} ${event.task.path.join('/')}`;
      case 'taskFailed':
        return `taskFailed ${event.task.path.join('/')}${event.cancelled ? ' cancelled' : ''}`;
      case 'console':
        return `${event.level} ${event.task?.path.join('/') ?? '-'}: ${event.text}`;
      case 'runFailed':
        return `runFailed${event.cancelled ? ' cancelled' : ''}`;
      case 'superstepStarted':
      case 'superstepFinished':
        return `${event.type} ${[...event.path, event.superstep].join('/')}`;
      default:
        return event.type;
    }
  });
}

/** The script of worker threads for nodes and tasks with `thread: true`: loads the bundle of the run. */
import { packError } from '../engine/run/workers/sending.ts';
import { serveTasks } from '../engine/run/workers/threadServer.ts';
import type { Bundle } from '../loader/bundle.ts';
import { loadGraphs } from './worker/graphFile.ts';

/** What such a thread is told to load. */
export interface TaskSource {
  readonly bundle: Bundle;
  /** Of the graph that runs: it may be made by an exported function. */
  readonly exportName: string;
}

serveTasks(
  (source) => {
    const { bundle, exportName } = source as TaskSource;
    return loadGraphs(bundle, { only: { exportName } });
  },
  (thrown) => ({ status: 'unloadable', ...packError(thrown) }),
);

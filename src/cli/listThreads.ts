import { resolve } from 'node:path';
import { readGraphFile } from '../loader/source/readGraphFile.ts';
import type { ThreadInfo } from '../protocol/threads.ts';
import { alignColumns } from '../runner/report/alignColumns.ts';
import { formatMoment } from '../runner/report/formatTime.ts';
import { oneLine } from '../runner/report/textWidth.ts';
import type { ThreadReader } from '../runner/runner.ts';
import type { ThreadsCommand } from './command.ts';
import { defaultStorePath } from './stateFolder.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usageError.ts';

/**
 * `superstep threads`: a line for each thread, those that went on last first. The file is not run.
 * @returns The exit code.
 * @throws {UsageError} if there is no place for threads, or not the one thread that is to be deleted;
 * {LoadError} if the store cannot be used, or there
 * is neither a thread nor a file.
 */
export async function listThreads(
  { file, graph, store, json, delete: gone }: ThreadsCommand,
  { runner, terminal, signal }: { runner: ThreadReader; terminal: Terminal; signal: AbortSignal },
): Promise<number> {
  const path = resolve(file);
  const storePath = store === undefined ? defaultStorePath() : resolve(store);
  const options = {
    ...{ file: path, store: { path: storePath }, signal },
    ...(graph !== undefined && { exportName: graph }),
  };
  let threads = await runner.listThreads(options);
  // Of a file that is gone there may still be threads.
  if (threads.length === 0) await readGraphFile(path);
  if (gone !== undefined) {
    const one = theOne(threads, gone, file);
    threads = await runner.listThreads({ ...options, without: [one] });
    terminal.note([`Deleted thread ${oneLine(gone)} of ${oneLine(one.graph)}`]);
  }
  if (json) {
    const list = threads.map((thread) => ({
      ...thread,
      updatedAt: new Date(thread.updatedAt).toISOString(),
    }));
    terminal.print([JSON.stringify(list)]);
  } else if (threads.length === 0) {
    terminal.note([`There are no threads of ${file} in ${storePath}`]);
  } else {
    const [head = '', ...rows] = alignColumns([titles, ...threads.map(row)], 'left');
    terminal.print([terminal.paint('bold', head), ...rows]);
  }
  return 0;
}

/** Graphs name their threads apart from each other. */
function theOne(threads: readonly ThreadInfo[], name: string, file: string): ThreadInfo {
  const found = threads.filter(({ threadId }) => threadId === name);
  const [one, other] = found;
  if (one && !other) return one;
  const graphs = found.map(({ graph }) => graph).join(', ');
  throw new UsageError(
    one
      ? `Several graphs have a thread ${JSON.stringify(name)}: say which, --graph NAME (${graphs})`
      : `There is no thread ${JSON.stringify(name)}; superstep threads ${file} lists them`,
  );
}

const titles = ['thread', 'graph', 'status', 'step', 'went on last', 'next'];

function row(thread: ThreadInfo): string[] {
  const { threadId, graph, step, updatedAt, next } = thread;
  const when = formatMoment(updatedAt);
  const nodes = next.map(oneLine).join(', ');
  return [oneLine(threadId), oneLine(graph), describeStatus(thread), String(step), when, nodes];
}

/** Where a thread stands, in words: `waits for 2 answers`. */
export function describeStatus({
  status,
  questions,
}: Pick<ThreadInfo, 'status' | 'questions'>): string {
  if (questions === 0) return status;
  const answers = questions === 1 ? '1 answer' : `${questions} answers`;
  return status === 'waiting' ? `waits for ${answers}` : `${status}, waits for ${answers}`;
}

import { resolve } from 'node:path';
import type { ThreadCheckpoint } from '../protocol/threads.ts';
import { alignColumns } from '../runner/report/alignColumns.ts';
import { formatMoment } from '../runner/report/formatTime.ts';
import { oneLine } from '../runner/report/textWidth.ts';
import type { ThreadReader } from '../runner/runner.ts';
import { UsageError } from './usageError.ts';
import type { HistoryCommand } from './command.ts';
import { readEnvironment } from './readEnvironment.ts';
import { defaultStorePath } from './stateFolder.ts';
import type { Terminal } from './terminal.ts';

/**
 * `superstep history`: a line for each checkpoint of a thread, the newest first. The file is loaded, and no
 * graph runs.
 * @returns The exit code.
 * @throws {UsageError} if there is no place for threads, or no such thread, {LoadError} for a file that
 * cannot be loaded, or a store that cannot be used.
 */
export async function showHistory(
  { file: given, thread, graph, store, json }: HistoryCommand,
  { runner, terminal, signal }: { runner: ThreadReader; terminal: Terminal; signal: AbortSignal },
): Promise<number> {
  const file = resolve(given);
  const path = store === undefined ? defaultStorePath() : resolve(store);
  const env = await readEnvironment(file, terminal);
  const checkpoints = await runner.readHistory({
    ...{ file, threadId: thread, store: { path }, env, signal },
    ...(graph !== undefined && { exportName: graph }),
  });
  if (checkpoints.length === 0) throw noThread(thread, { file: given, path });
  if (json) {
    const list = checkpoints.map(({ createdAt, ...rest }) => {
      return { ...rest, createdAt: new Date(createdAt).toISOString() };
    });
    terminal.print([JSON.stringify(list)]);
  } else {
    const [head = '', ...rows] = alignColumns([titles, ...rowsOf(checkpoints)], 'left');
    terminal.print([terminal.paint('bold', head), ...rows]);
  }
  return 0;
}

/** What is said of a thread that is not there. */
export function noThread(
  thread: string,
  { file, path }: { readonly file: string; readonly path: string },
): UsageError {
  return new UsageError(`There is no thread "${thread}" of ${file} in ${path}`);
}

const titles = ['step', 'by', 'when', 'next', 'checkpoint'];

function rowsOf(checkpoints: readonly ThreadCheckpoint[]): string[][] {
  const nameOf = namesOf(checkpoints);
  return checkpoints.map((checkpoint, i) => {
    const { step, createdAt, next, gone = [], questions, checkpointId, parentId } = checkpoint;
    const asks = questions === 0 ? '' : questions === 1 ? ' (asks)' : ` (asks ${questions} times)`;
    // In a thread without branches each goes on from the one below it.
    const isBranch = parentId !== undefined && parentId !== checkpoints[i + 1]?.checkpointId;
    const from = isBranch ? `, from ${nameOf(parentId)}` : '';
    const told = next.map((node) => oneLine(node) + (gone.includes(node) ? ' (gone)' : ''));
    const nodes = next.length === 0 ? 'end' : `${told.join(', ')}${asks}`;
    return [
      String(step),
      words[checkpoint.source] + from,
      formatMoment(createdAt),
      nodes,
      checkpointId,
    ];
  });
}

/** What a checkpoint is called: by its step, and where several have that, the beginning of its id too. */
function namesOf(checkpoints: readonly ThreadCheckpoint[]): (id: string) => string {
  const stepOf = new Map(checkpoints.map(({ checkpointId, step }) => [checkpointId, step]));
  const counts = new Map<number, number>();
  for (const step of stepOf.values()) counts.set(step, (counts.get(step) ?? 0) + 1);
  const short = shortIds([...stepOf.keys()]);
  return (id) => {
    const step = stepOf.get(id);
    if (step === undefined) return id;
    return counts.get(step) === 1 ? String(step) : `${step} (${short.get(id)})`;
  };
}

const leastLength = 8;

/** The beginning of each id that no other has. */
function shortIds(ids: readonly string[]): ReadonlyMap<string, string> {
  const sorted = [...ids].sort();
  const common = (a: string, b = '') => {
    let length = 0;
    while (length < a.length && a[length] === b[length]) length++;
    return length;
  };
  return new Map(
    sorted.map((id, i) => {
      const others = Math.max(common(id, sorted[i - 1]), common(id, sorted[i + 1]));
      return [id, id.slice(0, Math.max(others + 1, leastLength))];
    }),
  );
}

const words: Readonly<Record<ThreadCheckpoint['source'], string>> = {
  input: 'input',
  loop: 'superstep',
  update: 'edit',
  fork: 'copy',
};

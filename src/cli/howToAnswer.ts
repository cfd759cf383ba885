import type { OpenQuestion } from '../protocol/waiting.ts';
import type { RunCommand } from './command.ts';

/** The parts of a command that name a thread. */
type Named = Pick<RunCommand, 'file'> &
  Partial<Pick<RunCommand, 'graph' | 'store' | 'model' | 'engine' | 'on'>>;

const maxIds = 5;

/** The command that answers these questions of a thread, or that goes on with it if there are none. */
export function howToAnswer(
  named: Named,
  {
    threadId,
    questions,
  }: { readonly threadId: string; readonly questions: readonly OpenQuestion[] },
): string[] {
  // Nobody copies a line with more ids than that; they stand with the questions.
  const ids = questions.length > maxIds ? ['ID', 'ID'] : questions.map(({ id }) => id);
  const answers = questions.length === 1 ? ['VALUE'] : ids.map((id) => `${id}=VALUE`);
  if (answers.length === 0) return ['Go on with', runOf(named, threadId, ['--input', 'null'])];
  const options = answers.flatMap((each) => ['--resume', each]);
  return ['Answer with', runOf(named, threadId, options)];
}

/** The command that goes on with a thread whose next node the graph does not have any more. */
export function howToGoElsewhere(named: Named, threadId: string): string[] {
  const options = ['--update', quoted('{}'), '--as-node', 'NODE'];
  return ['Add it again, or go on with what follows another node', runOf(named, threadId, options)];
}

function runOf(
  { file, graph, store, model, engine, on }: Named,
  threadId: string,
  options: readonly string[],
): string {
  const words = [
    ...['superstep', 'run', quoted(file)],
    ...(graph === undefined ? [] : ['--graph', quoted(graph)]),
    ...(engine === undefined ? [] : ['--with', engine]),
    ...(model === undefined ? [] : ['--model', model]),
    ...(on === undefined ? [] : ['--on', quoted(`restate=${on.ingress}`)]),
    ...['--thread', quoted(threadId)],
    ...(store === undefined ? [] : ['--store', quoted(store)]),
    ...options,
  ];
  return `  ${words.join(' ')}`;
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  const isWindows = process.platform === 'win32';
  const plain = isWindows ? /^[\w./\\:@+=,-]+$/ : /^[\w./:@%+=,-]+$/;
  if (plain.test(word)) return word;
  if (isWindows) return `"${word.replaceAll('"', '""')}"`;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

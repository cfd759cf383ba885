import { resolve } from 'node:path';
import type { ThreadState } from '../protocol/threads.ts';
import { formatState } from '../runner/report/formatState.ts';
import { formatMoment } from '../runner/report/formatTime.ts';
import { formatWaiting } from '../runner/report/formatWaiting.ts';
import { firstLines, stateLimits } from '../runner/report/runReport.ts';
import { oneLine } from '../runner/report/textWidth.ts';
import type { ThreadReader } from '../runner/runner.ts';
import { toJson } from '../runner/toJson.ts';
import type { StateCommand } from './command.ts';
import { howToAnswer, howToGoElsewhere } from './howToAnswer.ts';
import { describeStatus } from './listThreads.ts';
import { readEnvironment } from './readEnvironment.ts';
import { noThread } from './showHistory.ts';
import { defaultStorePath } from './stateFolder.ts';
import type { Terminal } from './terminal.ts';

/**
 * `superstep state`: where a thread stands. The file is loaded, and no graph runs.
 * @returns The exit code.
 * @throws {UsageError} if there is no place for threads, or no such thread, {LoadError} for a file that cannot be loaded, or a
 * store that cannot be used.
 */
export async function showState(
  command: StateCommand,
  { runner, terminal, signal }: { runner: ThreadReader; terminal: Terminal; signal: AbortSignal },
): Promise<number> {
  const file = resolve(command.file);
  const path = command.store === undefined ? defaultStorePath() : resolve(command.store);
  const env = await readEnvironment(file, terminal);
  const thread = await runner.readThread({
    ...{ file, threadId: command.thread, store: { path }, env, signal },
    ...(command.graph !== undefined && { exportName: command.graph }),
    ...(command.at !== undefined && { at: command.at }),
  });
  if (!thread) throw noThread(command.thread, { file: command.file, path });
  if (thread.obstacle !== undefined) {
    terminal.note([`${terminal.notePaint('yellow', 'warning')}: ${thread.obstacle}`]);
  }
  terminal.print(command.json ? [jsonOf(thread)] : linesOf(thread, { command, terminal }));
  return 0;
}

/** A graph by its export, which is often called so. */
function nameOf(graph: string): string {
  if (graph === 'graph') return 'the graph';
  return graph === 'default' ? 'the default graph' : `the graph ${oneLine(graph)}`;
}

function jsonOf({ updatedAt, state, questions, ...rest }: ThreadState): string {
  return JSON.stringify({
    ...rest,
    updatedAt: new Date(updatedAt).toISOString(),
    questions: toJson(questions),
    state: toJson(state) ?? null,
  });
}

function linesOf(
  thread: ThreadState,
  { command, terminal }: { readonly command: StateCommand; readonly terminal: Terminal },
): string[] {
  const { paint } = terminal;
  const { threadId, graph, status, step, updatedAt, next, questions, failures, state } = thread;
  const limits = { ...stateLimits, columns: Math.min(process.stdout.columns || 100, 100) };
  const waits = formatWaiting({ questions, breakpoints: [] }, { paint, limits });
  const section = (title: string, lines: readonly string[]) =>
    lines.length > 0 ? ['', paint('bold', title), ...lines] : [];
  const stands = describeStatus({ status, questions: questions.length });
  const facts = [`step ${step}`, `went on last ${formatMoment(updatedAt)}`];
  if (next.length > 0) facts.push(`next ${next.map(oneLine).join(', ')}`);
  return [
    `Thread ${oneLine(threadId)} of ${nameOf(graph)}: ${stands}`,
    facts.join(', '),
    ...section(
      'Failed',
      failures.map(({ node, name, message }) => oneLine(`${node}: ${name}: ${message}`)),
    ),
    ...section('Waits for', firstLines(waits)),
    ...section('State', firstLines(formatState(state, limits))),
    ...(status === 'done' || command.at !== undefined ? [] : ['', ...howToGoOn(thread, command)]),
  ];
}

function howToGoOn({ threadId, questions, obstacle }: ThreadState, command: StateCommand) {
  return obstacle === undefined
    ? howToAnswer(command, { threadId, questions })
    : howToGoElsewhere(command, threadId);
}

import { stat } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import type { ConsoleEvent, RunEvent } from '../engine/model/events.ts';
import { LoadError } from '../loader/loadError.ts';
import { chooseGraph } from '../runner/chooseGraph.ts';
import type { DebugOptions } from '../runner/debug/debugOptions.ts';
import type { InputProblem } from '../runner/checkInput.ts';
import type { Paint } from '../runner/report/paint.ts';
import { label } from '../runner/report/label.ts';
import type { PageFiles } from '../runner/report/runPage.ts';
import { RunReport } from '../runner/report/runReport.ts';
import { RunMetrics } from '../trace/runMetrics.ts';
import type { Resume, ThreadStore } from '../protocol/threads.ts';
import type { Runner, RunOptions, RunResult } from '../runner/runner.ts';
import { toJson } from '../runner/toJson.ts';
import { UsageError } from './usageError.ts';
import type { AnswerText, RunCommand } from './command.ts';
import { askAnswers } from './askAnswers.ts';
import { exitCodes } from './exitCodes.ts';
import { formatProblems } from './formatProblems.ts';
import { howToAnswer } from './howToAnswer.ts';
import { inOptions } from './inOptions.ts';
import { PageOfRun } from './pageOfRun.ts';
import { offlineModels } from './offlineModels.ts';
import { readAnswer } from './readAnswer.ts';
import { readEnvironment } from './readEnvironment.ts';
import { readJsonValue } from './readJsonValue.ts';
import { defaultStorePath } from './stateFolder.ts';
import type { Terminal } from './terminal.ts';

/** With `--json`, tasks beyond this many are left out, and counted in `tasksOmitted`. */
const maxTasks = 100_000;

/**
 * `superstep run`.
 * @returns The exit code: that of wrong usage, too, if the thread does not have what was asked for.
 * @throws {UsageError} for an input or answer that cannot be read or a graph that is not there,
 * {LoadError} for a file that cannot be loaded or a store that cannot be used (with `--json`, the JSON
 * object tells it as well).
 */
export async function runGraph(
  command: RunCommand,
  {
    runner,
    terminal,
    signal,
    pages,
  }: {
    runner: Pick<Runner, 'run'>;
    terminal: Terminal;
    signal: AbortSignal;
    /** What pages of runs are made with. Absent: none can be written. */
    pages?: { readonly describer: Pick<Runner, 'describe'>; readonly files: PageFiles };
  },
): Promise<number> {
  const file = resolve(command.file);
  const html = await pathOfPage(command);
  const isHere = command.on === undefined;
  const env = isHere ? await readEnvironment(file, terminal) : {};
  const mayAsk = command.ask && !command.json && terminal.isInteractive;
  const store = isHere ? storeFor(command, { mayAsk }) : undefined;
  const resume = await readResume(command);
  const options: RunOptions = {
    file,
    signal,
    env,
    ...(command.engine && { engine: command.engine }),
    models: offlineModels(command, terminal),
    ...(command.recording && {
      recording: {
        ...command.recording,
        folder: resolve(command.recording.folder),
        keepsOlder: resume !== undefined,
      },
    }),
    onHints: (hints) => terminal.note(formatProblems(hints, terminal.notePaint)),
    ...(command.inspect && { debug: debugOptions(command.inspect, terminal) }),
    ...(command.thread !== undefined && { threadId: command.thread }),
    ...(store && { store }),
    ...(resume && { resume }),
    ...(command.graph !== undefined && { exportName: command.graph }),
    ...(command.input !== undefined && {
      input: await readJsonValue(command.input, 'input', process.stdin),
    }),
    onInputProblems: (problems) =>
      terminal.note(inputWarnings(problems, command, terminal.notePaint)),
  };
  const described =
    html === undefined ? undefined : await pages?.describer.describe(file, { signal, env });
  const { graph } = chooseGraph(described?.graphs ?? [], command.graph);
  const page = graph && new PageOfRun(graph, file);
  const run = command.json ? runForPrograms : runForPeople;
  // What was looked at is run, unless another engine runs it.
  const asLookedAt = { ...options, ...(!command.engine && { described }) };
  const result = await run(command, { runner, terminal, options: asLookedAt, mayAsk, page });
  if (html !== undefined && pages && page && !result.isRefused) {
    await page.write(html, pages.files);
    terminal.note([`The run is in ${relative(process.cwd(), html) || html}`]);
  }
  const { status, keptBy, isRefused } = result;
  if (command.thread !== undefined && !keptBy && (status === 'done' || status === 'waiting')) {
    terminal.note([keepsNothing(command.thread, terminal.notePaint)]);
  }
  return isRefused ? exitCodes.wrongUse : exitCodes[status];
}

/** Where the page of the run is written; told in time if that cannot be. */
async function pathOfPage({ html }: RunCommand): Promise<string | undefined> {
  if (html === undefined) return undefined;
  const path = resolve(html);
  const [folder, there] = await Promise.all(
    [dirname(path), path].map((each) => stat(each).catch(() => undefined)),
  );
  if (there?.isDirectory()) {
    throw new UsageError(`--html takes the path of a file, but "${html}" is a folder`);
  }
  if (folder?.isDirectory()) return path;
  throw new UsageError(`--html cannot write "${html}": there is no folder ${dirname(path)}`);
}

/** Where a thread is kept that is named; or one that waits, for as long as somebody may answer. */
function storeFor(
  { thread, store }: RunCommand,
  { mayAsk }: { readonly mayAsk: boolean },
): ThreadStore | undefined {
  if (thread !== undefined)
    return { path: store === undefined ? defaultStorePath() : resolve(store) };
  if (!mayAsk) return undefined;
  try {
    return { path: defaultStorePath(), isTemporary: true };
  } catch {
    return undefined;
  }
}

/** How a thread is to go on; `undefined`: it starts with an input. */
async function readResume({
  resume,
  from,
  update,
  asNode,
}: RunCommand): Promise<Resume | undefined> {
  if (resume.length === 0 && from === undefined && update === undefined) return undefined;
  return {
    ...(await readAnswers(resume)),
    ...(from !== undefined && { from }),
    ...(update !== undefined && {
      update: {
        values: await readJsonValue(update, 'update', process.stdin),
        ...(asNode !== undefined && { asNode }),
      },
    }),
  };
}

async function readAnswers(given: readonly AnswerText[]): Promise<Resume> {
  const [first] = given;
  if (!first) return {};
  if (first.id === undefined) return { answer: await readAnswer(first.text) };
  const answers = given.map(async ({ id, text }) => [id, await readAnswer(text)] as const);
  return { answers: Object.fromEntries(await Promise.all(answers)) as Record<string, unknown> };
}

function debugOptions(
  inspect: NonNullable<RunCommand['inspect']>,
  terminal: Terminal,
): DebugOptions {
  const waits = inspect.start === 'atOnce' ? '' : '; the run waits for it';
  return {
    ...inspect,
    onListening: (url) => terminal.note([`A debugger can attach at ${url}${waits}`]),
  };
}

function keepsNothing(thread: string, paint: Paint): string {
  const why = 'the graph keeps no threads (it is compiled with checkpointer: false)';
  return `${paint('yellow', 'warning')}: --thread ${thread} has no effect: ${why}`;
}

/** Of a missing key the graph itself tells if it cannot do without. */
function inputWarnings(
  problems: readonly InputProblem[],
  { update }: RunCommand,
  paint: Paint,
): string[] {
  const option = update === undefined ? '--input' : '--update';
  return problems
    .filter(({ kind }) => kind !== 'missing')
    .map(({ problem }) => `${paint('yellow', 'warning')}: ${option}: ${problem}`);
}

interface Context {
  readonly runner: Pick<Runner, 'run'>;
  readonly terminal: Terminal;
  readonly options: RunOptions;
  /** Somebody is there who can be asked for what the run waits for. */
  readonly mayAsk: boolean;
  readonly page: PageOfRun | undefined;
}

async function runForPeople(command: RunCommand, context: Context): Promise<RunResult> {
  const { terminal, mayAsk } = context;
  const { input: _, ...options } = context.options;
  let result = await runOnce(command, context);
  for (;;) {
    const { waiting, threadId, keptBy } = result;
    if (!waiting) return result;
    if (!keptBy || threadId === undefined) {
      const how = 'give the run a name: --thread ID';
      terminal.print(['', `It is gone with this process; to be able to answer it, ${how}`]);
      return result;
    }
    const signal = options.signal!;
    const resume = mayAsk ? await askAnswers(waiting, { terminal, signal }) : undefined;
    if (!resume) {
      const { questions } = waiting;
      const left = mayAsk ? ['', 'It is left waiting.'] : [''];
      terminal.print([...left, ...howToAnswer(command, { threadId, questions })]);
      return result;
    }
    result = await runOnce(command, {
      ...context,
      options: { ...keepingOlder(options), threadId, resume },
    });
  }
}

async function runOnce(
  command: RunCommand,
  { runner, terminal, options, page }: Context,
): Promise<RunResult> {
  const report = new RunReport({
    paint: terminal.paint,
    verbose: command.xray,
    baseFolder: process.cwd(),
    columns: Math.min(process.stdout.columns || 100, 100),
  });
  const onEvents = (events: readonly RunEvent[]) => {
    page?.add(events);
    terminal.print(report.lines(events));
  };
  const result = await start(runner, { ...options, onEvents });
  page?.end(result);
  terminal.print(report.end(result));
  return result;
}

async function runForPrograms(
  _command: RunCommand,
  { runner, terminal, options, page }: Context,
): Promise<RunResult> {
  const metrics = new RunMetrics({ maxTasks });
  const onEvents = (events: readonly RunEvent[]) => {
    page?.add(events);
    for (const event of events) metrics.add(event);
    terminal.note(events.filter((event) => event.type === 'console').map(consoleLine));
  };
  const print = (result: RunResult, problems?: LoadError['problems']) => {
    const { graph, status, durationMs, state, error, waiting, threadId, keptBy } = result;
    const { modelUse } = metrics.totals();
    const { file, range } = result.problem ?? problems?.[0] ?? {};
    const place = {
      ...(file && { file }),
      ...(range && { line: range.line1, column: range.column1 }),
    };
    const json = {
      graph,
      status,
      durationMs: micro(durationMs),
      ...(threadId !== undefined && { threadId }),
      ...(keptBy && { keptBy }),
      ...(waiting && { waiting: toJson(waiting) }),
      state: toJson(state) ?? null,
      tasks: metrics
        .tasks()
        .map((task) => ({ ...task, startMs: micro(task.startMs), endMs: micro(task.endMs) })),
      ...(modelUse && { modelUse }),
      ...(metrics.tasksOmitted > 0 && { tasksOmitted: metrics.tasksOmitted }),
      ...(error && { error: { ...error, ...place } }),
    };
    terminal.print([JSON.stringify(json)]);
  };
  try {
    const result = await start(runner, { ...options, onEvents });
    page?.end(result);
    print(result);
    return result;
  } catch (error) {
    if (error instanceof LoadError) print(failedToLoad(error, options), error.problems);
    throw error;
  }
}

/** To ask for a graph that the file does not have is wrong usage, not a fault of the file. */
async function start(runner: Pick<Runner, 'run'>, options: RunOptions): Promise<RunResult> {
  const { onEvents } = options;
  try {
    const result = await runner.run({
      ...options,
      onEvents: (events, weight) => onEvents?.(events.map(eventInOptions), weight),
    });
    return result.error ? { ...result, error: inOptions(result.error) } : result;
  } catch (error) {
    const code = error instanceof LoadError ? error.problems[0]?.code : undefined;
    if (code !== 'UNKNOWN_GRAPH' && code !== 'AMBIGUOUS_GRAPH') throw error;
    const how = code === 'AMBIGUOUS_GRAPH' ? ' (--graph NAME)' : '';
    throw new UsageError(`${(error as LoadError).message}${how} (${code})`);
  }
}

function eventInOptions(event: RunEvent): RunEvent {
  return event.type === 'runFailed' ? { ...event, error: inOptions(event.error) } : event;
}

function failedToLoad({ name, message, problems }: LoadError, options: RunOptions): RunResult {
  const code = problems[0]?.code;
  return {
    graph: options.exportName ?? '',
    status: 'failed',
    durationMs: 0,
    state: null,
    error: { name, message, ...(code !== undefined && { code }) },
  };
}

function consoleLine({ task, text }: ConsoleEvent): string {
  return task ? `[${label(task.path)}] ${text}` : text;
}

/** Milliseconds with three digits behind the point: the clock is no finer. */
function micro(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** What a run has recorded before it was answered is a part of it. */
function keepingOlder({ recording, ...options }: RunOptions): RunOptions {
  return recording ? { ...options, recording: { ...recording, keepsOlder: true } } : options;
}

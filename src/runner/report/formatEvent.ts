import { stripVTControlCharacters } from 'node:util';
import type { ErrorInfo, ModelStreamed, RunEvent, TaskInfo } from '../../engine/model/events.ts';
import { describeUse } from '../../protocol/modelUse.ts';
import { errorLine, formatError } from './formatError.ts';
import { formatState, type FormatLimits } from './formatState.ts';
import { formatClock, formatDuration } from './formatTime.ts';
import { isRecord } from '../../protocol/messageView.ts';
import type { ModelEvent } from '../../trace/countUse.ts';
import { label } from './label.ts';
import { plainPaint, type Paint } from './paint.ts';
import { describeBreakpoint } from './formatWaiting.ts';
import { RunMetrics, type RunningTask } from '../../trace/runMetrics.ts';
import { TaskFolds, type Fold } from './taskFolds.ts';
import { oneLine } from './textWidth.ts';

export interface EventFormatterOptions {
  /** Colours; none by default, and escape sequences in console texts are removed then. */
  readonly paint?: Paint;
  /** Also shows the supersteps and what each node was given. Default false. */
  readonly verbose?: boolean;
  /** Folder against which the places of failures are shown; absolute by default. */
  readonly baseFolder?: string;
  /** How wide lines of text may be. Default 100. */
  readonly columns?: number;
  /**
   * Of more tasks than this that one superstep sends to a node, not each has lines of its own: see
   * {@link TaskFolds}. Default 20; with `verbose` all have.
   */
  readonly maxTasksTold?: number;
}

/** Blanks as wide as the clock time, the sign and the spaces behind them. */
const detailIndent = ' '.repeat('00:00:00.000 ✓ '.length);

/**
 * Turns the events of one run into lines for people, as they stand in the output channel and in the
 * terminal: `HH:MM:SS.mmm`, a sign, the node; what belongs to a line follows it indented.
 */
export class EventFormatter {
  readonly #options: EventFormatterOptions;
  readonly #paint: Paint;
  readonly #limits: FormatLimits;
  readonly #folds: TaskFolds;
  /** The last failure as it was told: that of a node fails the nodes around it, too. */
  #failure: { readonly parent: number | undefined; readonly told: string } | undefined;
  /** Wall-clock time of the run's time 0. */
  #startedAt: number | undefined;

  /** Of the events so far. */
  readonly metrics = new RunMetrics();

  constructor(options: EventFormatterOptions = {}) {
    this.#options = options;
    this.#paint = options.paint ?? plainPaint;
    const columns = Math.max((options.columns ?? 100) - detailIndent.length, 40);
    this.#limits = { textLength: 300, items: 20, depth: 4, columns };
    this.#folds = new TaskFolds(options.verbose ? Infinity : (options.maxTasksTold ?? 20));
  }

  /** The lines of one event, without line ends; none for events that people need not see. */
  lines(event: RunEvent): string[] {
    const running = this.metrics.add(event);
    const { isFolded, began, ended, endedBefore = [] } = this.#folds.see(event);
    return [
      ...endedBefore.map((fold) => this.#foldLine(event, fold)),
      ...(began ? [this.#line(event, '→', label(began.path))] : []),
      ...(isFolded ? [] : this.#ownLines(event, running)),
      ...(ended ? [this.#foldLine(event, ended)] : []),
    ];
  }

  #ownLines(event: RunEvent, running: RunningTask | undefined): string[] {
    switch (event.type) {
      case 'runStarted': {
        this.#startedAt = event.startedAt;
        const name = this.#paint('bold', oneLine(event.graph));
        return [this.#line(event, '▶', name), ...this.#given(event.input)];
      }
      case 'superstepStarted': {
        if (!this.#options.verbose) return [];
        const where = event.path.length === 0 ? '' : ` of ${label(event.path)}`;
        const tasks = event.tasks === 1 ? '1 task' : `${event.tasks} tasks`;
        const text = `superstep ${event.superstep}${where}, ${tasks}`;
        return [this.#line(event, ' ', this.#paint('dim', text))];
      }
      case 'superstepFinished':
      case 'continued':
      case 'taskRecalled':
      case 'taskWrote': // told at the end of the task
      case 'checkpointMade':
      case 'modelStreamed':
        return [];
      case 'taskStarted': {
        const again = event.attempt > 1 ? ` attempt ${event.attempt}` : '';
        const line = this.#line(event, '→', `${label(event.task.path)}${again}`);
        return this.#options.verbose ? [line, ...this.#details(event.input, 'input')] : [line];
      }
      case 'taskRetrying': {
        const again = `tried again in ${formatDuration(event.delayMs)}`;
        const text = `${label(event.task.path)}  attempt ${event.attempt} failed, ${again}`;
        const lines = [this.#line(event, this.#paint('yellow', '↻'), text)];
        return [...lines, ...this.#indented(formatError(event.error, this.#options))];
      }
      case 'taskFinished': {
        const { cached, handled } = event;
        const how = cached ? 'cached' : handled && 'failed, and its error handler took over';
        const sign = handled ? this.#paint('yellow', '!') : this.#paint('green', '✓');
        const lines = [this.#line(event, sign, this.#ended(event, running, how))];
        if (handled) lines.push(...this.#indented(formatError(handled, this.#options)));
        const updates = running?.updates ?? [];
        return [...lines, ...updates.flatMap((update) => this.#details(update))];
      }
      case 'taskFailed': {
        const text = this.#ended(event, running, event.cancelled ? 'cancelled' : undefined);
        if (event.cancelled) return [this.#line(event, this.#paint('yellow', '■'), text)];
        const error = this.#indented(formatError(event.error, this.#options));
        const { id, parent } = event.task;
        const told = error.join('\n');
        const wasTold = this.#failure?.parent === id && this.#failure.told === told;
        this.#failure = { parent, told };
        return [this.#line(event, this.#paint('red', '✗'), text), ...(wasTold ? [] : error)];
      }
      case 'taskInterrupted': {
        const how = event.askedAt === undefined ? 'waits' : 'still waits';
        const text = this.#ended(event, running, how);
        const lines = [this.#line(event, this.#paint('yellow', '?'), text)];
        return [...lines, ...event.interrupts.flatMap(({ value }) => this.#details(value))];
      }
      case 'interrupted': {
        if (!event.breakpoint) return [];
        const text = describeBreakpoint({ ...event.breakpoint, path: event.path });
        return [this.#line(event, this.#paint('yellow', '?'), `pauses ${text}`)];
      }
      case 'console': {
        const who = event.task ? `[${label(event.task.path)}] ` : '';
        return this.#texted(event, event.level, who, event.text);
      }
      case 'custom': {
        const [first = '', ...rest] = formatState(event.value, this.#limits);
        const head = this.#line(event, '·', `[${label(event.task.path)}] ${first}`);
        return [head, ...this.#indented(rest)];
      }
      case 'modelStarted':
      case 'modelRetrying':
      case 'modelFinished':
      case 'modelFailed':
        // Of a request that was given up with its task nothing is told.
        return running ? this.#modelLines(event) : [];
      case 'warning': {
        const who = event.task ? `[${label(event.task.path)}] ` : '';
        return this.#texted(event, 'warn', who, `${event.message} (${event.code})`);
      }
      case 'runFinished':
        if (event.isPaused) {
          const text = `waits  ${formatDuration(event.time)}`;
          return [this.#line(event, this.#paint('yellow', '?'), text)];
        }
        return [
          this.#line(event, this.#paint('green', '✓'), `done  ${formatDuration(event.time)}`),
        ];
      case 'runFailed': {
        const duration = formatDuration(event.time);
        if (event.cancelled) {
          return [this.#line(event, this.#paint('yellow', '■'), `cancelled  ${duration}`)];
        }
        const lines = [this.#line(event, this.#paint('red', '✗'), `failed  ${duration}`)];
        // A task's failure has been told in full already.
        if (event.failure) return lines;
        return [...lines, ...this.#indented(formatError(event.error, this.#options))];
      }
    }
  }

  /** The lines of an error that came with no event, since the run never started. */
  error(error: ErrorInfo): string[] {
    const [first = '', ...rest] = formatError(error, this.#options);
    return [
      `${this.#paint('dim', formatClock(Date.now()))} ${this.#paint('red', '✗')} ${first}`,
      ...this.#indented(rest),
    ];
  }

  /** The line of a run that was told to stop just now, and has not ended yet. */
  stopping(): string[] {
    const clock = this.#paint('dim', formatClock(Date.now()));
    return [`${clock} ${this.#paint('yellow', '■')} stopping…`];
  }

  #line({ time }: RunEvent, sign: string, text: string): string {
    // While a file is being loaded, before its graph starts, there are console lines only.
    const at = this.#startedAt === undefined ? Date.now() : this.#startedAt + time;
    return `${this.#paint('dim', formatClock(at))} ${sign} ${text}`;
  }

  /** `✓ search ×40  26 ms to 66 ms, median 46 ms  38 done, 2 failed` */
  #foldLine(event: RunEvent, { path, ended, times, modelUse }: Fold): string {
    const { done, failed, cancelled, interrupted } = ended;
    const sign =
      failed > 0
        ? this.#paint('red', '✗')
        : interrupted > 0
          ? this.#paint('yellow', '?')
          : cancelled > 0
            ? this.#paint('yellow', '■')
            : this.#paint('green', '✓');
    const [shortest, median, longest] = [times.shortest, times.median, times.longest].map(
      formatDuration,
    );
    const counts = [
      `${done} done`,
      failed > 0 && `${failed} failed`,
      cancelled > 0 && `${cancelled} cancelled`,
      interrupted > 0 && `${interrupted} wait`,
    ].filter((part) => part !== false);
    const parts = [label(path), `${shortest} to ${longest}, median ${median}`];
    if (modelUse) parts.push(...describeUse(modelUse).map(oneLine));
    if (counts.length > 1) parts.push(counts.join(', '));
    return this.#line(event, sign, parts.join('  '));
  }

  /** The node, its time, what it took of models, and how it ended where no sign says it. */
  #ended(
    { task, durationMs }: { readonly task: TaskInfo; readonly durationMs: number },
    running: RunningTask | undefined,
    how?: string,
  ): string {
    const use = running?.modelUse;
    const parts = [label(task.path), formatDuration(durationMs)];
    if (use) parts.push(...describeUse(use).map(oneLine));
    if (how !== undefined) parts.push(how);
    return parts.join('  ');
  }

  /** Of a request that goes well nothing is told before its task ends. */
  #modelLines(event: Exclude<ModelEvent, ModelStreamed>): string[] {
    const { task, call } = event;
    const who = `${label(task.path)}  ${oneLine(call.model)}`;
    switch (event.type) {
      case 'modelStarted':
        return [];
      case 'modelRetrying': {
        const again = `sent again in ${formatDuration(event.delayMs)}`;
        const text = `${who}  request ${event.attempt} failed, ${again}`;
        const head = this.#line(event, this.#paint('yellow', '↻'), text);
        return [head, ...this.#indented([errorLine(event.error)])];
      }
      case 'modelFinished': {
        const note = shortAnswers.get(event.finishReason);
        if (note === undefined) return [];
        return [this.#line(event, this.#paint('yellow', '!'), `${who}  ${note}`)];
      }
      case 'modelFailed': {
        const { error, durationMs } = event;
        const why = error.code === undefined ? '' : ` (${error.code})`;
        const text = `${who}  failed after ${formatDuration(durationMs)}${why}`;
        const head = this.#line(event, this.#paint('yellow', '!'), text);
        // What has a code is told at length with the task, unless that can do without an answer.
        const isTold = error.code !== undefined && !this.#options.verbose;
        return isTold ? [head] : [head, ...this.#indented([errorLine(error)])];
      }
    }
  }

  #texted(event: RunEvent, level: string, who: string, text: string): string[] {
    const clean = this.#options.paint ? text : stripVTControlCharacters(text);
    const [first = '', ...rest] = clean.split(/\r\n|\r|\n/);
    const style = level === 'error' ? 'red' : level === 'warn' ? 'yellow' : undefined;
    const paint = (line: string) => (style ? this.#paint(style, line) : line);
    const head = this.#line(event, ' ', `${this.#paint('cyan', who)}${paint(first)}`);
    return [head, ...this.#indented(rest.map(paint))];
  }

  /** An input, or what a thread is given to go on with. */
  #given(input: unknown): string[] {
    if (input === null) return this.#indented(['goes on with its thread']);
    const isCommand = isRecord(input) && input['[class]'] === 'Command';
    if (!isCommand || input['resume'] === undefined) return this.#details(input, 'input');
    const { resume } = input;
    const ids = isRecord(resume) ? Object.keys(resume) : [];
    const isById = ids.length > 0 && ids.every((id) => /^[0-9a-f]{32}$/.test(id));
    if (!isById) return this.#details(resume, 'answer');
    const answers = Object.values(resume as Record<string, unknown>);
    return answers.flatMap((answer) => this.#details(answer, 'answer'));
  }

  #details(value: unknown, title?: string): string[] {
    const lines = formatState(value, this.#limits);
    if (title === undefined) return this.#indented(lines);
    if (lines.length === 1) return this.#indented([`${title} ${lines[0]}`]);
    return this.#indented([title, ...lines.map((line) => `  ${line}`)]);
  }

  #indented(lines: readonly string[]): string[] {
    return lines.map((line) => `${detailIndent}${line}`);
  }
}

/** What is wrong with an answer that came, by the provider's word for why it ended. */
const shortAnswers: ReadonlyMap<string | undefined, string> = new Map([
  ['length', 'its answer was cut off at the most tokens it may have (length)'],
  ['content_filter', 'its answer was held back by a filter of the provider (content_filter)'],
]);

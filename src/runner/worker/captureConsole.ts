import { Console } from 'node:console';
import { StringDecoder } from 'node:string_decoder';
import type { ConsoleLevel, TaskInfo } from '../../engine/model/events.ts';

/** Where captured output goes, and whose it is. */
export interface ConsoleSink {
  /** Receives one text without its last line end. */
  write(level: ConsoleLevel, text: string, task: TaskInfo | undefined): void;
  /** The task that the calling code belongs to. */
  currentTask(): TaskInfo | undefined;
  /** Where the end of a line that may go on must be held back: it may be the beginning of a key. */
  openEnd(text: string): number;
}

const levels: { readonly [method: string]: ConsoleLevel } = {
  debug: 'debug',
  log: 'log',
  info: 'info',
  warn: 'warn',
  error: 'error',
  trace: 'error',
  assert: 'warn',
};

/** A line that is longer than this is passed on in pieces, so that it does not pile up. */
const maxLineLength = 65_536;

/**
 * Leads everything that this thread writes to the console, to stdout and to stderr into a sink. One
 * call of a console method is one text; what is written to the streams directly is cut into lines,
 * those of each task for themselves.
 *
 * @returns A function that passes on lines that were not ended yet; to be called before anything
 * else is told, so that all stays in order. At the end nothing is held back.
 */
export function captureConsole(sink: ConsoleSink): (options?: { isEnd: boolean }) => void {
  const streams = [new CapturedStream('log', sink), new CapturedStream('error', sink)] as const;
  const flush = (options?: { isEnd: boolean }) =>
    streams.forEach((stream) => stream.flush(options?.isEnd));
  Object.assign(process.stdout, { write: streams[0].write });
  Object.assign(process.stderr, { write: streams[1].write });

  let level: ConsoleLevel | undefined;
  const lineWriter = (fallback: ConsoleLevel) => ({
    write(text: string) {
      flush();
      sink.write(level ?? fallback, text.replace(/\n$/, ''), sink.currentTask());
    },
  });
  const captured = new Console({
    stdout: lineWriter('log') as unknown as NodeJS.WritableStream,
    stderr: lineWriter('error') as unknown as NodeJS.WritableStream,
    ignoreErrors: false,
    colorMode: false,
  });
  for (const [name, method] of Object.entries(captured)) {
    if (typeof method !== 'function') continue;
    const call = method as (...args: unknown[]) => unknown;
    const withLevel = (...args: unknown[]) => {
      const outer = level;
      // Methods call each other (`table` logs, `assert` warns): the outermost names the level.
      level ??= levels[name];
      try {
        return call(...args);
      } finally {
        level = outer;
      }
    };
    Object.assign(console, { [name]: withLevel });
  }
  return flush;
}

/** Stands in for a stream's `write`; puts lines together. */
class CapturedStream {
  readonly #level: ConsoleLevel;
  readonly #sink: ConsoleSink;
  readonly #decoder = new StringDecoder('utf8');
  /** What was written since the last line end. */
  readonly #lines = new Map<TaskInfo | undefined, string>();

  constructor(level: ConsoleLevel, sink: ConsoleSink) {
    this.#level = level;
    this.#sink = sink;
  }

  readonly write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const encoding = typeof rest[0] === 'string' ? (rest[0] as BufferEncoding) : 'utf8';
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : Buffer.from(chunk);
    const task = this.#sink.currentTask();
    const begun = this.#lines.get(task) ?? '';
    const lines = (begun + this.#decoder.write(bytes)).split('\n');
    const last = lines.pop()!;
    if (last === '') this.#lines.delete(task);
    else this.#lines.set(task, last);
    for (const line of lines) this.#sink.write(this.#level, line, task);
    if (last.length > maxLineLength) this.flush();
    const done = rest.find((argument) => typeof argument === 'function');
    if (done) queueMicrotask(done as () => void);
    return true;
  };

  flush(isEnd = false): void {
    for (const [task, line] of this.#lines) {
      const end = isEnd ? line.length : this.#sink.openEnd(line);
      if (end < line.length) this.#lines.set(task, line.slice(end));
      else this.#lines.delete(task);
      if (end > 0) this.#sink.write(this.#level, line.slice(0, end), task);
    }
  }
}

import { Console } from 'node:console';
import { StringDecoder } from 'node:string_decoder';
import type { ConsoleLevel, TaskInfo } from '../../engine/events.ts';

/** Where captured output goes, and whose it is. */
export interface ConsoleSink {
  /** Receives one text without its last line end. */
  write(level: ConsoleLevel, text: string, task: TaskInfo | undefined): void;
  /** The task that the calling code belongs to. */
  currentTask(): TaskInfo | undefined;
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
 * call of a console method is one text; what is written to the streams directly is cut into lines.
 *
 * @returns A function that passes on lines that were not ended yet; to be called before anything
 * else is told, so that all stays in order.
 */
export function captureConsole(sink: ConsoleSink): () => void {
  const streams = [new CapturedStream('log', sink), new CapturedStream('error', sink)] as const;
  const flush = () => streams.forEach((stream) => stream.flush());
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
  #line = '';
  #task: TaskInfo | undefined;

  constructor(level: ConsoleLevel, sink: ConsoleSink) {
    this.#level = level;
    this.#sink = sink;
  }

  readonly write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const encoding = typeof rest[0] === 'string' ? (rest[0] as BufferEncoding) : 'utf8';
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : Buffer.from(chunk);
    const task = this.#sink.currentTask();
    if (task !== this.#task) this.flush();
    this.#task = task;
    const lines = (this.#line + this.#decoder.write(bytes)).split('\n');
    this.#line = lines.pop()!;
    for (const line of lines) this.#sink.write(this.#level, line, task);
    if (this.#line.length > maxLineLength) this.flush();
    const done = rest.find((argument) => typeof argument === 'function');
    if (done) queueMicrotask(done as () => void);
    return true;
  };

  flush(): void {
    if (this.#line === '') return;
    const line = this.#line;
    this.#line = '';
    this.#sink.write(this.#level, line, this.#task);
  }
}

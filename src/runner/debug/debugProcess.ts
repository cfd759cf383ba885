import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RunEvent } from '../../engine/model/events.ts';
import { eventIntervalMs } from '../../protocol/workerMessages.ts';
import { THREAD_OUT_OF_MEMORY } from '../exitError.ts';
import type { JobThread, ShippedUrls, ThreadListener, ToThread } from '../workerThread.ts';
import type { FromDebugProcess, ToDebugProcess } from './debugMessages.ts';
import type { DebugOptions } from './debugOptions.ts';

/** Longest part of what the process writes by itself that is kept, to tell what it died of. */
const KEPT_CHARS = 4000;

/** Settings that would reach into the process: another debugger's, or the editor's own. */
const NOT_FOR_RUNS = ['NODE_OPTIONS', 'VSCODE_INSPECTOR_OPTIONS', 'NODE_CHANNEL_FD'];

/** A process in which one run is debugged. Ends with this process, whatever it is doing. */
export class DebugProcess implements JobThread {
  readonly #child: ChildProcess;
  readonly #options: DebugOptions;
  #listener: ThreadListener | undefined;
  #events: RunEvent[] = [];
  #weight = 0;
  #timer: NodeJS.Timeout | undefined;
  #stderr = '';
  #failure: Error | undefined;
  #isOver = false;

  /** @param place.url Its script: `dist/debug.js`, or `src/runner/debug/debugMain.ts` from source. */
  constructor(
    place: { readonly url: URL; readonly shipped: ShippedUrls; readonly maxMemoryMb: number },
    options: DebugOptions,
  ) {
    this.#options = options;
    const { runtime, start, stopAt, port = 0 } = options;
    const env = { ...process.env, ...runtime?.env };
    for (const name of NOT_FOR_RUNS) delete env[name];
    this.#child = fork(fileURLToPath(place.url), [], {
      ...(runtime && { execPath: runtime.path }),
      execArgv: [`--max-old-space-size=${place.maxMemoryMb}`],
      env,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT_CHARS);
    });
    this.#child.on('message', (message) => this.#onMessage(message as FromDebugProcess));
    this.#child.on('error', (error) => this.#fail(error));
    this.#child.on('close', (code, signal) => this.#onClose(code, signal));
    this.#send({ type: 'setup', shipped: place.shipped, port, start, stopAt });
  }

  start(job: ToThread, listener: ThreadListener): void {
    this.#listener = listener;
    if (this.#isOver) return this.#tellExit(1);
    this.post(job);
  }

  post(message: ToThread): void {
    this.#send(message);
  }

  terminate(): void {
    this.#child.kill('SIGKILL');
  }

  #send(message: ToDebugProcess): void {
    // One that is gone is told of by its end.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #onMessage(message: FromDebugProcess): void {
    if (message.type === 'event') return this.#keep(message.sent.event, message.sent.weight);
    if (message.type === 'listening') return this.#onListening(message.url);
    // They have come by themselves.
    if (message.type === 'events') return;
    this.#flush();
    this.#listener?.onMessage(message);
  }

  #onListening(url: string | undefined): void {
    if (url !== undefined) return this.#options.onListening(url);
    const { port = 0, runtime } = this.#options;
    const program = runtime?.path ?? process.execPath;
    const why = port > 0 ? `port ${port} is in use, or ` : '';
    this.#fail(new Error(`no debugger can attach: ${why}${program} cannot be debugged`));
    this.terminate();
  }

  /** Told in batches. */
  #keep(event: RunEvent, weight: number): void {
    this.#events.push(event);
    this.#weight += weight;
    this.#timer ??= setTimeout(() => this.#flush(), eventIntervalMs);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const [events, weight] = [this.#events, this.#weight];
    [this.#events, this.#weight] = [[], 0];
    if (events.length > 0) this.#listener?.onEvents(events, weight);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    // A program that is not there has no end to be told of.
    if (this.#child.pid === undefined) this.#onClose(1, null);
  }

  #onClose(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (/heap out of memory/.test(this.#stderr)) {
      this.#fail(Object.assign(new Error('out of memory'), { code: THREAD_OUT_OF_MEMORY }));
    } else if (signal) {
      this.#fail(new Error(`its process was ended by ${signal}`));
    }
    this.#flush();
    if (this.#listener) this.#tellExit(code ?? 1);
  }

  #tellExit(exitCode: number): void {
    const error = this.#failure;
    this.#listener!.onExit({ exitCode, ...(error && { error }) });
  }
}

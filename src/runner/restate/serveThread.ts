import type { ConsoleEvent, ErrorInfo, RunEvent } from '../../engine/model/events.ts';
import { LoadError } from '../../loader/loadError.ts';
import { toProblem } from '../../loader/locate.ts';
import { answerModels } from '../answerModels.ts';
import { exitError, type MemoryLimit } from '../exitError.ts';
import type { ModelQuestions } from '../models.ts';
import type { Redactor } from '../redact.ts';
import { label } from '../report/label.ts';
import { Answerer } from '../requests.ts';
import type {
  FromThread,
  JobThread,
  ThreadExit,
  ThreadListener,
  ToThread,
} from '../workerThread.ts';
import type { ServeOptions } from './serveOptions.ts';

/** How long a worker may take to end, milliseconds: its server gives what it had to others. */
const END_MS = 2000;

/** A thread that serves graphs until it is stopped, or broken. */
export class ServeThread implements ThreadListener {
  readonly #thread: JobThread;
  readonly #options: ServeOptions;
  readonly #context: { readonly memory: MemoryLimit; readonly redactor: Redactor };
  readonly #models: Answerer<ModelQuestions>;
  readonly #settled = Promise.withResolvers<void>();
  #failure: ErrorInfo | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    thread: JobThread,
    options: ServeOptions,
    context: { readonly memory: MemoryLimit; readonly redactor: Redactor },
  ) {
    this.#thread = thread;
    this.#options = options;
    this.#context = context;
    const answers = answerModels(options.models, {
      onKey: (key) => context.redactor.add(key),
      onGivenUp: () => {},
    });
    this.#models = new Answerer(answers, (message) => this.#thread.post(message));
  }

  /**
   * @param signal Stops it.
   * @throws {LoadError}
   */
  async run(order: Extract<ToThread, { type: 'serve' }>, signal: AbortSignal): Promise<void> {
    const stop = () => {
      this.#thread.post({ type: 'stop' });
      this.#timer = setTimeout(() => this.#settled.resolve(), END_MS);
    };
    try {
      signal.throwIfAborted();
      signal.addEventListener('abort', stop, { once: true });
      this.#thread.start(order, this);
      await this.#settled.promise;
    } finally {
      signal.removeEventListener('abort', stop);
      clearTimeout(this.#timer);
      this.#models.close(new Error('The worker is over'));
      this.#thread.terminate();
    }
  }

  onMessage(message: FromThread): void {
    switch (message.type) {
      case 'secret':
        return this.#context.redactor.add(message.value);
      case 'ask':
      case 'giveUp':
        return this.#models.onMessage(message);
      case 'hints':
        return this.#options.onHints?.(message.problems);
      case 'serving':
        return this.#options.onListening(message);
      case 'served':
        return this.#settled.resolve();
      case 'loadFailed':
        return this.#settled.reject(new LoadError(message.problems));
      case 'crashed':
        this.#failure ??= message.error;
        return this.#thread.terminate();
      default:
    }
  }

  onEvents(events: readonly RunEvent[]): void {
    for (const event of events) if (event.type === 'console') this.#print(event);
  }

  onExit(exit: ThreadExit): void {
    const error = this.#failure ?? exitError(exit, this.#context.memory);
    const [file = ''] = this.#options.files;
    this.#settled.reject(new LoadError([toProblem(error, { file, inputs: [file] })]));
  }

  #print({ task, text }: ConsoleEvent): void {
    this.#options.onConsole(task ? `[${label(task.path)}] ${text}` : text);
  }
}

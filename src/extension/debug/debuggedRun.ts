import {
  debug,
  Uri,
  window,
  workspace,
  type DebugSession,
  type DebugSessionOptions,
  type Disposable,
} from 'vscode';
import type { DebugOptions } from '../../runner/debug/debugOptions.ts';
import { DisposableStore } from '../disposableStore.ts';
import type { DebuggedCode, Debugging } from './debugging.ts';

/** Marks the configuration of a session with the run that it belongs to. */
const RUN_KEY = 'superstepRun';

/** Code of ours: stepping leads past it. */
const OWN_CODE = new URL('.', import.meta.url);

/** In milliseconds: a busy machine is no reason to give up, or to go past a breakpoint. */
const PATIENCE = {
  timeout: 60_000,
  timeouts: { sourceMapMinPause: 30_000, sourceMapCumulativePause: 60_000 },
};

/** Requests after which the process is of no use. */
const ENDS: ReadonlySet<string> = new Set(['disconnect', 'terminate', 'restart']);

let lastId = 0;

/** What a debugger and the editor say to each other, as far as it matters here. */
interface DebugMessage {
  readonly command?: string;
  readonly event?: string;
}

/**
 * The editor's debugger on the process of one run. Whoever ends a session of it stops the run, and when the
 * run is over, so are its sessions: that which attaches, and those that it opens for what it has found.
 */
export class DebuggedRun implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #run: DebuggedCode;
  readonly #session: DebugSessionOptions;
  readonly #id = ++lastId;
  readonly #again: (() => unknown) | undefined;
  /** The sessions that have been begun, and have not ended. */
  readonly #open = new Set<DebugSession>();
  #isAttaching = false;
  #isToRestart = false;
  #isOver = false;

  /** What the runner is told. */
  readonly options: DebugOptions;

  /**
   * @param options.again Debugs the same once more, when the user asks for that and this is over.
   * @param options.session What else the editor is to know of its session.
   */
  constructor(
    run: DebuggedCode,
    debugging: Omit<Debugging, 'again'>,
    {
      again,
      session = {},
    }: {
      readonly again?: (() => unknown) | undefined;
      readonly session?: DebugSessionOptions;
    } = {},
  ) {
    this.#run = run;
    this.#session = session;
    this.#again = again;
    const onListening = (url: string) => void this.#attach(url);
    this.options = { start: 'attached', ...debugging, onListening };
    this.#owned.add(
      debug.registerDebugAdapterTrackerFactory('*', {
        createDebugAdapterTracker: (session) => this.#follow(session),
      }),
    );
    this.#owned.add(debug.onDidTerminateDebugSession((session) => this.#ended(session)));
  }

  #follow(session: DebugSession) {
    const { configuration } = session.parentSession ?? session;
    if (configuration[RUN_KEY] !== this.#id) return undefined;
    this.#open.add(session);
    return {
      // Before the debugger ends the process, which would look like a failure.
      onWillReceiveMessage: ({ command }: DebugMessage) => {
        if (command === 'restart') this.#isToRestart = true;
        if (ENDS.has(command ?? '')) this.#run.stop();
      },
      // One that is not ready yet cannot be ended.
      onDidSendMessage: ({ event }: DebugMessage) => {
        if (event === 'initialized' && this.#isOver) void debug.stopDebugging(session);
      },
    };
  }

  #ended(session: DebugSession): void {
    if (!this.#open.delete(session)) return;
    if (!session.parentSession) this.#run.stop();
    this.#release();
  }

  async #attach(url: string): Promise<void> {
    if (this.#isOver) return;
    const folder = workspace.getWorkspaceFolder(Uri.file(this.#run.file));
    const configuration = {
      ...{ type: 'node', request: 'attach', name: this.#run.title },
      // Not "localhost", which may be another address.
      ...{ address: '127.0.0.1', port: Number(new URL(url).port), continueOnAttach: true },
      ...PATIENCE,
      // The code has its map with it: nothing is to be looked for.
      outFiles: [],
      autoAttachChildProcesses: false,
      skipFiles: ['<node_internals>/**', `${Uri.parse(OWN_CODE.href).fsPath}**`],
      resolveSourceMapLocations: ['**', '!**/node_modules/**'],
      [RUN_KEY]: this.#id,
    };
    let why = 'The debugger could not be started';
    this.#isAttaching = true;
    try {
      if (await debug.startDebugging(folder, configuration, this.#session)) return;
    } catch (error) {
      why += `: ${error instanceof Error ? error.message : String(error)}`;
    } finally {
      this.#isAttaching = false;
      this.#release();
    }
    if (this.#isOver) return;
    // It would wait for ever.
    this.#run.stop();
    void window.showErrorMessage(`${this.#run.title} was not run. ${why}`);
  }

  /** The run is over. What belongs to it ends with the last of its sessions. */
  dispose(): void {
    this.#isOver = true;
    for (const session of this.#open) void debug.stopDebugging(session);
    this.#release();
  }

  #release(): void {
    if (!this.#isOver || this.#isAttaching || this.#open.size > 0) return;
    this.#owned.dispose();
    if (this.#isToRestart) void this.#again?.();
    this.#isToRestart = false;
  }
}

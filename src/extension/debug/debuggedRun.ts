import { debug, Uri, window, workspace, type DebugSession, type Disposable } from 'vscode';
import type { DebugOptions } from '../../runner/debug/debugOptions.ts';
import { DisposableStore } from '../disposableStore.ts';
import type { RunViewModel } from '../runViewModel.ts';
import type { Runtime } from './chooseRuntime.ts';

/** Marks the configuration of a session with the run that it belongs to. */
const RUN_KEY = 'superstepRun';

/** Code of ours: stepping leads past it. */
const OWN_CODE = new URL('.', import.meta.url);

let lastId = 0;

/**
 * The editor's debugger on the process of one run. Whoever ends the session stops the run, and when the
 * run is over, so is the session.
 */
export class DebuggedRun implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #run: RunViewModel;
  readonly #id = ++lastId;
  #session: DebugSession | undefined;
  #attaching: Promise<void> | undefined;

  /** What the runner is told. */
  readonly options: DebugOptions;

  constructor(run: RunViewModel, runtime: Runtime) {
    this.#run = run;
    const onListening = (url: string) => {
      this.#attaching = this.#attach(url);
    };
    this.options = { start: 'attached', runtime, onListening };
    this.#owned.add(this.#watchEnd());
    this.#owned.add(
      debug.onDidStartDebugSession((session) => {
        if (session.configuration[RUN_KEY] !== this.#id || session.parentSession) return;
        this.#session = session;
      }),
    );
    this.#owned.add(
      debug.onDidTerminateDebugSession((session) => {
        if (session === this.#session) run.stop();
      }),
    );
  }

  /** Stops the run before the debugger ends its process, which would look like a failure. */
  #watchEnd(): Disposable {
    return debug.registerDebugAdapterTrackerFactory('*', {
      createDebugAdapterTracker: (session) => {
        const { configuration } = session.parentSession ?? session;
        if (configuration[RUN_KEY] !== this.#id) return undefined;
        return {
          onWillReceiveMessage: ({ command }: { readonly command?: string }) => {
            if (command === 'disconnect' || command === 'terminate') this.#run.stop();
          },
        };
      },
    });
  }

  async #attach(url: string): Promise<void> {
    const folder = workspace.getWorkspaceFolder(Uri.file(this.#run.file));
    const configuration = {
      ...{ type: 'node', request: 'attach', name: this.#run.title },
      // Not "localhost", which may be another address.
      ...{ address: '127.0.0.1', port: Number(new URL(url).port), continueOnAttach: true },
      autoAttachChildProcesses: false,
      skipFiles: ['<node_internals>/**', `${Uri.parse(OWN_CODE.href).fsPath}**`],
      resolveSourceMapLocations: ['**', '!**/node_modules/**'],
      [RUN_KEY]: this.#id,
    };
    let why = 'The debugger could not be started';
    try {
      if (await debug.startDebugging(folder, configuration)) return;
    } catch (error) {
      why += `: ${error instanceof Error ? error.message : String(error)}`;
    }
    // It would wait for ever.
    this.#run.stop();
    void window.showErrorMessage(`${this.#run.title} was not run. ${why}`);
  }

  dispose(): void {
    void this.#end();
  }

  /** The session may be about to begin yet. */
  async #end(): Promise<void> {
    await this.#attaching;
    this.#owned.dispose();
    if (this.#session) await debug.stopDebugging(this.#session);
  }
}

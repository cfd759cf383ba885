import type { Uri } from 'vscode';
import { EventEmitter, window, workspace, type Disposable, type Event } from 'vscode';
import type { RunEvent } from '../../engine/model/events.ts';
import type { NodeCodes } from '../../loader/bundle/nodeCodes.ts';
import type { History, RunRecorder } from '../../runner/history/history.ts';
import { newRunId, type KeptRun, type RunContent } from '../../runner/history/keptRun.ts';
import type { GraphDescription, RunResult } from '../../runner/runner.ts';
import { DisposableStore } from '../disposableStore.ts';
import type { RunTask } from './runRecord.ts';
import type { RunViewModel } from '../runs/runViewModel.ts';
import { readHistoryLimits } from '../settings.ts';

/** Where things are. */
export interface RunHistoryPlace {
  /** The script of its thread. */
  readonly workerUrl: URL;
  /** It keeps the runs. */
  readonly folder: Uri;
  /** The file that keeps their threads, and the script that can read it. */
  readonly threads: { readonly path: string; readonly sqliteUrl: string };
}

/** Takes down one run that goes on. */
export interface RunTaker {
  readonly add: (events: readonly RunEvent[], weight: number) => void;
  /** Nothing waits for it. */
  readonly end: (result: RunResult) => void;
}

/** The last runs of this workspace, as the editor keeps and tells of them. */
export class RunHistory implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new EventEmitter<void>());
  readonly #place: RunHistoryPlace;
  /** Loaded for the first run, or the first look at the runs. */
  #history: Promise<History> | undefined;
  /** Those that go on in this window. */
  readonly #live = new Map<string, RunViewModel>();

  /** A run was added, has ended, or is gone, in this window or another. */
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(place: RunHistoryPlace) {
    this.#place = place;
    this.#owned.add(
      workspace.onDidChangeConfiguration((change) => {
        const changes = ['maxRunsKept', 'maxHistoryMb'].map((name) => `superstep.${name}`);
        if (!changes.some((name) => change.affectsConfiguration(name))) return;
        void this.#history?.then((history) => (history.limits = readHistoryLimits()));
        this.#changed.fire();
      }),
    );
  }

  #load(): Promise<History> {
    this.#history ??= import('../../runner/history/history.ts').then(
      ({ History }) =>
        new History({
          workerUrl: this.#place.workerUrl,
          path: this.#place.folder.fsPath,
          threads: this.#place.threads,
          limits: readHistoryLimits(),
          onChange: () => this.#changed.fire(),
          onSetAside: ({ path, why }) =>
            void window.showWarningMessage(
              `A run of the history cannot be read: ${why}. It was set aside as ${path}`,
            ),
          onFailure: (error) =>
            void import('./runRecord.ts').then(({ failureText }) =>
              window.showWarningMessage(failureText(error)),
            ),
        }),
    );
    return this.#history;
  }

  /**
   * Keeps a run that is about to begin; nothing is kept of one that never does.
   * @param code The module that its graph was loaded from.
   */
  record(run: RunViewModel, task: RunTask, code?: string): RunTaker {
    const loading = this.#load();
    let recorder: Promise<RunRecorder | undefined> | undefined;
    let id = '';
    return {
      add: (events, weight) => {
        if (!recorder) {
          const [first] = events;
          const startedAt = first?.type === 'runStarted' ? first.startedAt : Date.now();
          id = newRunId(startedAt);
          this.#live.set(id, run);
          const start = { id, startedAt };
          recorder = Promise.all([loading, import('./runRecord.ts')]).then(
            ([history, { describe }]) => {
              const { head, content } = describe(run, task, start);
              return history.record(head, content, code);
            },
          );
        }
        void recorder.then((one) => one?.add(events, weight));
      },
      end: (result) => {
        this.#live.delete(id);
        void recorder?.then(async (one) => {
          const { runEnd } = await import('./runRecord.ts');
          await one?.end(runEnd(result));
        });
      },
    };
  }

  /** Whether a run goes on in this window. */
  isLive(id: string): boolean {
    return this.#live.has(id);
  }

  /** The newest first. */
  async list(): Promise<readonly KeptRun[]> {
    return (await this.#load()).list();
  }

  /** @throws {Error} that says why it cannot be read. */
  async content(id: string): Promise<RunContent> {
    return (await this.#load()).content(id);
  }

  /** What the nodes of a graph are made of, by the module that it was loaded from. */
  async codes(code: string, graph: GraphDescription): Promise<NodeCodes | undefined> {
    return (await this.#load()).codes(code, graph);
  }

  /** In order, in batches. @throws {Error} as `content`. */
  async *events(id: string): AsyncGenerator<readonly RunEvent[]> {
    yield* (await this.#load()).events(id);
  }

  async delete(ids: readonly string[]): Promise<void> {
    await (await this.#load()).delete(ids);
  }

  /** Deletes all runs that have ended, after the user has said so. */
  async clear(): Promise<void> {
    const history = await this.#load();
    const runs = await history.list();
    const ended = runs.filter(({ end }) => end).length;
    if (ended === 0) return void window.showInformationMessage('No run is kept.');
    const all = ended === 1 ? 'the run that is kept' : `all ${ended} runs that are kept`;
    const chosen = await window.showWarningMessage(
      `Delete ${all} of this workspace?`,
      {
        modal: true,
        detail: 'Files of your graphs, and threads that they keep themselves, stay as they are.',
      },
      'Delete',
    );
    if (chosen) await history.clear();
  }

  /** What goes on is told to be cut off when the workspace is opened again. */
  async close(): Promise<void> {
    await this.#history?.then((history) => history.dispose());
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

import { EventEmitter, workspace, type Disposable, type Event, type Memento } from 'vscode';
import type { Waiting } from '../../protocol/waiting.ts';
import type { GraphDescription, RunResult } from '../../runner/runner.ts';
import { RunViewModel, type RunBefore } from './runViewModel.ts';
import { DisposableStore } from '../disposableStore.ts';
import { SCRIPT_GLOB, targetKey, type GraphTarget } from '../graphs/graphFile.ts';
import type { PathOwner, Rename } from '../graphs/rename.ts';

/** Where the editor keeps them; a reload, or a crash, must not lose a question. */
const STORAGE_KEY = 'waitingRuns';
/** Characters of JSON: beyond, a part of a run is not kept over a reload. */
const MAX_KEPT = 200_000;

/** What is kept of a run over a reload. */
interface Kept {
  readonly target: GraphTarget;
  readonly graph: GraphDescription;
  readonly number: number;
  readonly before: RunBefore;
  readonly result: RunResult;
}

/** Runs that have ended at questions or breakpoints: of each graph the newest, until it is run again. */
export class WaitingRuns implements PathOwner, Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new EventEmitter<void>());
  readonly #state: Memento;
  /** By graph, the newest last. */
  readonly #runs = new Map<string, RunViewModel>();

  readonly onDidChange: Event<void> = this.#changed.event;

  /** @param state The workspace's own; what was kept in it waits again. */
  constructor(state: Memento) {
    this.#state = state;
    const deletions = this.#owned.add(workspace.createFileSystemWatcher(SCRIPT_GLOB, true, true));
    this.#owned.add(deletions.onDidDelete(({ fsPath }) => this.#forgetFile(fsPath)));
    for (const kept of state.get<readonly Kept[]>(STORAGE_KEY, [])) {
      const run = restore(kept);
      if (run) this.#runs.set(targetKey(run), run);
    }
  }

  /** The newest comes last. */
  get all(): readonly RunViewModel[] {
    return [...this.#runs.values()];
  }

  of(target: GraphTarget): RunViewModel | undefined {
    return this.#runs.get(targetKey(target));
  }

  /** Takes the place of an older run of the same graph. @param run Has ended, and waits. */
  add(run: RunViewModel): void {
    this.#runs.delete(targetKey(run));
    this.#runs.set(targetKey(run), run);
    this.#tell();
  }

  /** The graph is run again: what an older run of it waited for counts no more. */
  forget(target: GraphTarget): void {
    if (this.#runs.delete(targetKey(target))) this.#tell();
  }

  #forgetFile(file: string): void {
    for (const run of this.all) if (run.file === file) this.forget(run);
  }

  move(rename: Rename): void {
    const runs = this.all;
    if (runs.length === 0) return;
    this.#runs.clear();
    for (const run of runs) {
      run.move(rename);
      this.#runs.set(targetKey(run), run);
    }
    this.#tell();
  }

  #tell(): void {
    const kept = this.all.flatMap((run) => keep(run) ?? []);
    void this.#state.update(STORAGE_KEY, kept.length > 0 ? kept : undefined);
    this.#changed.fire();
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

/** How many answers, and permissions to go on, a run waits for. */
export function countWaits({ questions, breakpoints }: Waiting): number {
  return questions.length + breakpoints.length;
}

/** A run whose thread is gone with it cannot be answered later. */
function keep(run: RunViewModel): Kept | undefined {
  const { target, number, result, waiting } = run;
  if (!result?.keptBy || !waiting) return undefined;
  const { exportName, kind, name, mermaid, nodes } = run.graph;
  const graph = { exportName, kind, name, mermaid, nodes, hasInput: false, inputFields: [] };
  const { status: _, error: __, problem: ___, ...rest } = result;
  const small = { ...rest, status: 'waiting', state: smallOr(result.state, {}) } as const;
  const questions = waiting.questions.map((question) => {
    const lost = 'The question was too large to be kept over a reload of the window.';
    return { ...question, value: smallOr(question.value, lost) };
  });
  return {
    target,
    graph,
    number,
    // A timeline would be too much to keep.
    before: { ...run.before(), events: undefined },
    result: { ...small, waiting: { ...waiting, questions } },
  };
}

/** What the editor can keep: plain JSON, and not much of it. */
function smallOr(value: unknown, fallback: unknown): unknown {
  try {
    const json = JSON.stringify(value) ?? '';
    return json.length <= MAX_KEPT ? value : fallback;
  } catch {
    return fallback;
  }
}

/** It may come from another version of the extension. */
function restore({ target, graph, number, before, result }: Kept): RunViewModel | undefined {
  try {
    const run = new RunViewModel(target, graph, number, { ...before, durationMs: 0 });
    run.end(result);
    return run.waiting && run;
  } catch {
    return undefined;
  }
}

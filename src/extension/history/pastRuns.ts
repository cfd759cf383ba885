import { ThemeIcon, Uri, commands, window, workspace } from 'vscode';
import { hasThread, isKeptRun, isRunId, type KeptRun } from '../../runner/history/keptRun.ts';
import type { GraphCommands } from '../commands.ts';
import type { Forks } from './forks.ts';
import type { Previews } from '../panel/previews.ts';
import { pastNotice, replayRun } from './replayRun.ts';
import { FINAL_STATE, gatherFacts, timesTable, type RunFacts } from './runComparison.ts';
import type { RunHistory } from './runHistory.ts';
import {
  RUN_SIGNS,
  beginningOf,
  describeRun,
  runName,
  threadKey,
  type RunGroup,
} from './runItems.ts';
import { RUN_SCHEME, RUNS_VIEW } from './runTree.ts';
import { mayRun } from '../trust.ts';
import type { WaitingRuns } from '../runs/waitingRuns.ts';

/** How many runs' facts are at hand for the documents that are open. */
const MAX_FACTS = 4;

/** What can be done with the runs that are kept. The palette names none: then it is asked for. */
export class PastRuns {
  readonly #history: RunHistory;
  readonly #previews: Previews;
  readonly #waits: WaitingRuns;
  readonly #graphs: GraphCommands;
  readonly #forks: Forks;
  readonly #facts = new Map<string, Promise<RunFacts>>();

  constructor(parts: {
    history: RunHistory;
    previews: Previews;
    waits: WaitingRuns;
    graphs: GraphCommands;
    forks: Forks;
  }) {
    this.#history = parts.history;
    this.#previews = parts.previews;
    this.#waits = parts.waits;
    this.#graphs = parts.graphs;
    this.#forks = parts.forks;
  }

  /** Opens a run in the panel of its graph: one that goes on, or waits, as it is now. */
  async open(given: unknown): Promise<void> {
    const run = await this.#chosen(given, 'Open which run?');
    if (!run) return;
    const { file, exportName, end } = run;
    const target = { file, exportName };
    const waiting = this.#waits.of(target)?.threadId;
    const stillWaits = waiting !== undefined && waiting === end?.threadId;
    if (this.#history.isLive(run.id) || (end?.status === 'waiting' && stillWaits)) {
      return this.#previews.open(target);
    }
    const past = await this.#reading(async () =>
      replayRun(run, await this.#history.content(run.id), this.#history.events(run.id)),
    );
    if (past) this.#previews.openPast(past, pastNotice(run));
  }

  /**
   * Runs the graph of a run with the input that this had, with the code as it is now. One that went on with
   * a thread had none: then with the input that its thread began with.
   */
  async runAgain(given: unknown): Promise<unknown> {
    const chosen = await this.#chosen(given, 'Run which again?');
    if (!chosen || !mayRun()) return undefined;
    const run = chosen.isContinued ? beginningOf(chosen, await this.#history.list()) : chosen;
    if (!run) {
      const why = 'The run that began this thread is not kept any more, nor is its input.';
      return void window.showInformationMessage(`${why} Run from a checkpoint goes on from there.`);
    }
    const { file, exportName } = run;
    const content = await this.#reading(() => this.#history.content(run.id));
    if (!content) return undefined;
    if (content.input) return this.#graphs.runAgain({ file, exportName }, content.input.value);
    const withInput = 'Run with Input…';
    const why = content.inputGap ?? 'The input is not kept.';
    if ((await window.showWarningMessage(why, withInput)) !== withInput) return undefined;
    return this.#graphs.runGraphWithInput(Uri.file(file), exportName);
  }

  /** Runs from a checkpoint of a run, which is asked for. */
  async runFrom(given: unknown): Promise<unknown> {
    const run = await this.#chosen(given, 'Run from a checkpoint of which run?', hasThread);
    return run && this.#forks.runFrom(run);
  }

  /** Opens the state of a checkpoint of a run for editing. */
  async editState(given: unknown): Promise<void> {
    const run = await this.#chosen(given, 'Edit a state of which run?', hasThread);
    if (run) await this.#forks.editState(run);
  }

  /** As of {@link Forks}. */
  runWithState(uri: unknown): Promise<unknown> {
    return this.#forks.runWithState(uri);
  }

  /** Compares a run with another of the same graph, which is asked for: times, and states side by side. */
  async compare(given: unknown): Promise<void> {
    const run = await this.#chosen(given, 'Compare which run?');
    if (!run) return;
    const other = await this.#pick(`Compare ${runName(run)} with…`, (each) => {
      return each.id !== run.id && each.file === run.file && each.exportName === run.exportName;
    });
    if (!other) return;
    const [left, right] = run.startedAt < other.startedAt ? [run, other] : [other, run];
    const facts = await this.#reading(() =>
      Promise.all([this.#factsOf(left.id), this.#factsOf(right.id)]),
    );
    if (!facts) return;
    const times = documentOf('times by node.txt', [left.id, right.id]);
    await window.showTextDocument(times, { preview: false });
    const names = [...new Set(facts.flatMap(({ states }) => [...states.keys()]))];
    // What runs came to is of more interest than how.
    names.sort((a, b) => Number(b === FINAL_STATE) - Number(a === FINAL_STATE));
    const resources = names.map((name) => {
      const sides = [left, right].map(({ id }, i) =>
        facts[i]!.states.has(name) ? documentOf(`${name}.json`, [id]) : undefined,
      );
      return [documentOf(`${name}.json`, []), ...sides];
    });
    const title = `${left.graph}: ${runName(left)} ↔ ${runName(right)}`;
    await commands.executeCommand('vscode.changes', title, resources);
  }

  /** Deletes all runs of a thread, and thereby the thread, after the user has said so. */
  async deleteThread(given: unknown): Promise<void> {
    const runs = await this.#history.list();
    const one = isGroup(given)
      ? given.runs[0]
      : await this.#chosen(given, 'Delete which thread?', hasThread);
    if (!one) return;
    const key = threadKey(one);
    const ofThread = runs.filter((run) => run.end && key !== undefined && threadKey(run) === key);
    const count = ofThread.length === 1 ? 'its run' : `its ${ofThread.length} runs`;
    const question = `Delete the thread of ${runName(one)} with ${count}?`;
    if (!(await window.showWarningMessage(question, { modal: true }, 'Delete'))) return;
    await this.#delete(ofThread);
  }

  /** What nobody can go on with waits no more. */
  async #delete(runs: readonly KeptRun[]): Promise<void> {
    await this.#history.delete(runs.map(({ id }) => id));
    for (const { file, exportName, end } of runs) {
      const target = { file, exportName };
      const waits = this.#waits.of(target)?.threadId;
      if (end?.status === 'waiting' && waits === end.threadId) this.#waits.forget(target);
    }
  }

  /** Deletes runs, after the user has said so if there are several. */
  async delete(given: unknown, selected: unknown): Promise<void> {
    const several = Array.isArray(selected) ? selected.filter(isKeptRun) : [];
    const ended = several.filter(({ end }) => end);
    if (ended.length > 1) {
      const question = `Delete ${ended.length} runs?`;
      if (!(await window.showWarningMessage(question, { modal: true }, 'Delete'))) return;
      return this.#delete(ended);
    }
    const run = await this.#chosen(given, 'Delete which run?', ({ end }) => end !== undefined);
    if (run) await this.#delete([run]);
  }

  /** The text of a document of {@link RUN_SCHEME}; empty where its run is gone. */
  async text({ path, query }: Uri): Promise<string> {
    const ids = query.split(',').filter(isRunId);
    const name = path.slice(1).replace(/\.\w+$/, '');
    try {
      const [left, right] = await Promise.all(ids.map((id) => this.#factsOf(id)));
      if (!left) return '';
      if (!right) return left.states.get(name) ?? '';
      const runs = await this.#history.list();
      const names = ids
        .map((id) => runs.find((run) => run.id === id))
        .map((run, i) =>
          run ? describeRun(run, '').description.split(' · ')[0]! : `run ${i + 1}`,
        );
      return timesTable([left, right], names as [string, string]);
    } catch (error) {
      return `${(error as Error).message}\n`;
    }
  }

  #factsOf(id: string): Promise<RunFacts> {
    const known = this.#facts.get(id) ?? gatherFacts(this.#history.events(id));
    this.#facts.delete(id);
    this.#facts.set(id, known);
    known.catch(() => this.#facts.delete(id));
    const [oldest] = this.#facts.keys();
    if (this.#facts.size > MAX_FACTS) this.#facts.delete(oldest!);
    return known;
  }

  async #chosen(
    given: unknown,
    title: string,
    fits?: (run: KeptRun) => boolean,
  ): Promise<KeptRun | undefined> {
    return isKeptRun(given) ? given : this.#pick(title, fits);
  }

  async #pick(
    title: string,
    fits: (run: KeptRun) => boolean = () => true,
  ): Promise<KeptRun | undefined> {
    const runs = (await this.#history.list()).filter(fits);
    if (runs.length === 0) return void window.showInformationMessage('There is no such run.');
    const items = runs.map((run) => {
      const { description, sign } = describeRun(run, '');
      const iconPath = new ThemeIcon(RUN_SIGNS[sign].icon);
      const detail = workspace.asRelativePath(run.file);
      return { label: run.graph, description, detail, iconPath, run };
    });
    return (await window.showQuickPick(items, { title, matchOnDescription: true }))?.run;
  }

  /** Does what may take a moment, and tells why it cannot be done. */
  async #reading<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await window.withProgress({ location: { viewId: RUNS_VIEW } }, read);
    } catch (error) {
      return void window.showWarningMessage((error as Error).message);
    }
  }
}

function isGroup(value: unknown): value is RunGroup {
  return Array.isArray((value as Partial<RunGroup> | undefined)?.runs);
}

function documentOf(name: string, ids: readonly string[]): Uri {
  return Uri.from({ scheme: RUN_SCHEME, path: `/${name}`, query: ids.join(',') });
}

import { stat } from 'node:fs/promises';
import { window, workspace } from 'vscode';
import { LoadError } from '../../loader/loadError.ts';
import type { NodeCodes } from '../../loader/bundle/nodeCodes.ts';
import { isRecord } from '../../protocol/formFields.ts';
import type { Resume, ThreadCheckpoint, ThreadState } from '../../protocol/threads.ts';
import type { KeptRun } from '../../runner/history/keptRun.ts';
import { changes, hiddenKey, hiddenKeyText } from '../runs/answers.ts';
import { changedNodes, type ChangedNodes, type RunOfThread } from './changedNodes.ts';
import { checkpointItems, type CheckpointItem } from './checkpointItems.ts';
import type { GraphTarget } from '../graphs/graphFile.ts';
import type { ForkedThread } from '../runs/keptThreads.ts';
import type { GraphFiles } from '../graphs/graphFiles.ts';
import type { RunHistory } from './runHistory.ts';
import { threadKey } from './runItems.ts';
import { RUNS_VIEW } from './runTree.ts';
import type { StateDocuments } from './stateDocuments.ts';
import { mayRun } from '../trust.ts';

/** Where a run is to go on from. */
export interface ForkPlace {
  readonly target: GraphTarget;
  readonly thread: ForkedThread;
  /** The id of the checkpoint. */
  readonly from: string;
  readonly asNode?: string;
  /** The state there, as it was shown. */
  readonly state: unknown;
}

interface Parts {
  readonly checkpoints: (
    target: GraphTarget,
    thread: ForkedThread,
  ) => Promise<readonly ThreadCheckpoint[]>;
  readonly stateAt: (
    target: GraphTarget,
    thread: ForkedThread,
    at: string,
  ) => Promise<ThreadState | undefined>;
  readonly history: Pick<RunHistory, 'list' | 'content' | 'codes'>;
  readonly files: Pick<GraphFiles, 'load'>;
  readonly runFrom: (target: GraphTarget, thread: ForkedThread, resume: Resume) => Promise<unknown>;
  readonly documents: StateDocuments<ForkPlace>;
}

/** By so much the clocks of events and of checkpoints may differ, in milliseconds. */
const CLOCKS_MS = 1000;

/** Goes back to a checkpoint of a past run, and on from there: the thread gets a branch. */
export class Forks {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Runs from a checkpoint that the user picks, with the code as it is now. */
  async runFrom(run: KeptRun): Promise<unknown> {
    const picked = await this.#pick(run, 'Run from Which Checkpoint?');
    if (!picked) return undefined;
    const { target, thread, item } = picked;
    return this.#parts.runFrom(target, thread, { from: item.checkpoint.checkpointId });
  }

  /** Opens the state of a checkpoint for editing; the lens of the document runs from there. */
  async editState(run: KeptRun): Promise<void> {
    const hasRun = ({ checkpoint }: CheckpointItem) => checkpoint.step >= 0;
    const picked = await this.#pick(run, 'Edit the State of Which Checkpoint?', hasRun);
    if (!picked) return;
    const { target, thread, item } = picked;
    const asNode = item.ran.length > 1 ? await pickWriter(item.ran) : item.ran[0];
    if (item.ran.length > 1 && asNode === undefined) return;
    const from = item.checkpoint.checkpointId;
    const found = await reading(() => this.#parts.stateAt(target, thread, from));
    if (!found) return;
    const isNode = asNode !== undefined && asNode !== '__start__';
    const origin = { target, thread, from, state: found.state, ...(isNode && { asNode }) };
    const name = `${run.graph}, state of step ${item.checkpoint.step}`;
    await this.#parts.documents.open(name, found.state, origin);
  }

  /** Runs from a checkpoint with the state that stands in a document. */
  async runWithState(uri: unknown): Promise<unknown> {
    const taken = mayRun() && (await this.#parts.documents.take(uri));
    if (!taken) return undefined;
    const { edited, origin } = taken;
    if (!isRecord(edited)) {
      return void window.showErrorMessage('A state is a JSON object with the keys of the graph.');
    }
    const { target, thread, from, state, asNode } = origin;
    const values = changes(state, edited);
    const hidden = hiddenKey(values);
    if (hidden !== undefined) return void window.showErrorMessage(hiddenKeyText(hidden));
    const update = { values, ...(asNode !== undefined && { asNode }) };
    const isEdited = Object.keys(values).length > 0;
    return this.#parts.runFrom(target, thread, { from, ...(isEdited && { update }) });
  }

  async #pick(
    run: KeptRun,
    title: string,
    fits: (item: CheckpointItem) => boolean = () => true,
  ): Promise<
    | { readonly target: GraphTarget; readonly thread: ForkedThread; readonly item: CheckpointItem }
    | undefined
  > {
    const { file, exportName, end, threadId: given, beganAs = file, graph } = run;
    const threadId = end?.threadId ?? given;
    if (threadId === undefined || !mayRun()) return undefined;
    const target = { file, exportName };
    const thread = { threadId, beganAs };
    const checkpoints = await reading(() => this.#parts.checkpoints(target, thread));
    if (!checkpoints) return undefined;
    const changes = await this.#changesOf(run, checkpoints);
    const items = checkpointItems(checkpoints, changes).filter(fits);
    if (items.length === 0) {
      const why = `There is no checkpoint of ${graph} to run from: its thread was not kept.`;
      return void window.showInformationMessage(why);
    }
    const isChanged = [...changes.values()].some(
      ({ changed, perhaps }) => changed.length + perhaps.length > 0,
    );
    const placeHolder = isChanged
      ? 'What ran before the checkpoint does not run again; some of it has changed since'
      : 'What ran before the checkpoint does not run again';
    const options = { title, placeHolder, matchOnDescription: true };
    const item = await window.showQuickPick(items, options);
    return item && { target, thread, item };
  }

  /** Which nodes have changed since they ran, by checkpoint; none if that cannot be found out. */
  async #changesOf(
    run: KeptRun,
    checkpoints: readonly ThreadCheckpoint[],
  ): Promise<ReadonlyMap<string, ChangedNodes>> {
    const now = await this.#codesNow(run).catch(() => undefined);
    if (!now) return new Map();
    const runs = await this.#runsOfThread(run);
    return changedNodes(checkpoints, { runs, now, savedAt: await savedAt(run.file) });
  }

  /** As it would run: with what is not saved yet. */
  async #codesNow({ file, exportName }: KeptRun): Promise<NodeCodes | undefined> {
    const { files, history } = this.#parts;
    const open = workspace.textDocuments.find(({ uri }) => uri.fsPath === file);
    const loaded = await files.load(file, { contents: open?.isDirty ? open.getText() : undefined });
    const { graphs = [], code = '' } = loaded?.description ?? {};
    const graph = graphs.find((each) => each.exportName === exportName);
    return graph && history.codes(code, graph);
  }

  /** The oldest first. */
  async #runsOfThread(run: KeptRun): Promise<RunOfThread[]> {
    const { history } = this.#parts;
    const runs = (await history.list()).filter((each) => threadKey(each) === threadKey(run));
    const told = runs.reverse().map(async ({ id, startedAt, end }): Promise<RunOfThread> => {
      const content = await history.content(id).catch(() => undefined);
      const endedAt = end ? startedAt + end.durationMs + CLOCKS_MS : Infinity;
      return { startedAt, endedAt, codes: content?.codes };
    });
    return Promise.all(told);
  }
}

async function pickWriter(nodes: readonly string[]): Promise<string | undefined> {
  const title = 'Edit It as Which Node?';
  const items = nodes.map((node) => ({ label: node.replaceAll('$(', '$\u200b('), node }));
  const placeHolder = 'What this node leads to runs next';
  return (await window.showQuickPick(items, { title, placeHolder }))?.node;
}

/** The time of the file itself: its imports are not looked at. */
async function savedAt(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
}

/** Loading may take a moment, and fail. */
async function reading<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await window.withProgress({ location: { viewId: RUNS_VIEW } }, read);
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    return void window.showErrorMessage(error.message);
  }
}

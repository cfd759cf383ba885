import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { window } from 'vscode';
import { LoadError } from '../loader/loadError.ts';
import { isRecord } from '../protocol/formFields.ts';
import type { Resume, ThreadCheckpoint, ThreadState } from '../protocol/threads.ts';
import type { KeptRun } from '../runner/history/keptRun.ts';
import { changes, hiddenKey, hiddenKeyText } from './answers.ts';
import { checkpointItems, type CheckpointItem } from './checkpointItems.ts';
import type { GraphTarget } from './graphFile.ts';
import type { ForkedThread } from './runs.ts';
import { RUNS_VIEW } from './runTree.ts';
import type { StateDocuments } from './stateDocuments.ts';
import { mayRun } from './trust.ts';

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
  readonly runFrom: (target: GraphTarget, thread: ForkedThread, resume: Resume) => Promise<unknown>;
  readonly documents: StateDocuments<ForkPlace>;
}

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
    { file, exportName, end, threadId: given, beganAs = file, graph, startedAt }: KeptRun,
    title: string,
    fits: (item: CheckpointItem) => boolean = () => true,
  ): Promise<
    | { readonly target: GraphTarget; readonly thread: ForkedThread; readonly item: CheckpointItem }
    | undefined
  > {
    const threadId = end?.threadId ?? given;
    if (threadId === undefined || !mayRun()) return undefined;
    const target = { file, exportName };
    const thread = { threadId, beganAs };
    const checkpoints = await reading(() => this.#parts.checkpoints(target, thread));
    if (!checkpoints) return undefined;
    const items = checkpointItems(checkpoints).filter(fits);
    if (items.length === 0) {
      const why = `There is no checkpoint of ${graph} to run from: its thread was not kept.`;
      return void window.showInformationMessage(why);
    }
    const isChanged = await wasSavedSince(file, startedAt);
    const placeHolder = isChanged
      ? `${basename(file)} was saved since: what ran before the checkpoint ran with the code of then`
      : 'What ran before the checkpoint does not run again';
    const options = { title, placeHolder, matchOnDescription: true };
    const item = await window.showQuickPick(items, options);
    return item && { target, thread, item };
  }
}

async function pickWriter(nodes: readonly string[]): Promise<string | undefined> {
  const title = 'Edit It as Which Node?';
  const items = nodes.map((node) => ({ label: node.replaceAll('$(', '$\u200b('), node }));
  const placeHolder = 'What this node leads to runs next';
  return (await window.showQuickPick(items, { title, placeHolder }))?.node;
}

/** Of the file itself: its imports are not looked at. */
async function wasSavedSince(file: string, time: number): Promise<boolean> {
  const stats = await stat(file).catch(() => undefined);
  return stats !== undefined && stats.mtimeMs > time;
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

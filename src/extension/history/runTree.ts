import {
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  workspace,
  type Event,
  type TreeDataProvider,
} from 'vscode';
import { hasThread, type KeptRun } from '../../runner/history/keptRun.ts';
import type { RunHistory } from './runHistory.ts';
import { RUN_SIGNS, describeRun, groupRuns, type RunGroup } from './runItems.ts';

/** Scheme of the read-only documents in which runs are compared. */
export const RUN_SCHEME = 'superstep-run';

/** Names the view in package.json. */
export const RUNS_VIEW = 'superstep.runs';

/** The view of the runs that are kept, the newest first; those of one thread stand together. */
export class RunTree implements TreeDataProvider<KeptRun | RunGroup> {
  readonly #history: RunHistory;
  readonly onDidChangeTreeData: Event<void>;

  constructor(history: RunHistory) {
    this.#history = history;
    this.onDidChangeTreeData = history.onDidChange;
  }

  async getChildren(element?: KeptRun | RunGroup): Promise<(KeptRun | RunGroup)[]> {
    if (!element) return groupRuns(await this.#history.list());
    return 'runs' in element ? [...element.runs] : [];
  }

  getTreeItem(element: KeptRun | RunGroup): TreeItem {
    return 'runs' in element ? groupItem(element) : runItem(element);
  }
}

function groupItem({ threadId, runs }: RunGroup): TreeItem {
  const [newest] = runs as [KeptRun];
  const item = new TreeItem(newest.graph, TreeItemCollapsibleState.Collapsed);
  item.id = `thread ${runs.at(-1)!.id}`;
  item.description = `${runs.length} runs of one thread`;
  item.tooltip = `Thread ${threadId}`;
  item.iconPath = signOf(newest);
  item.contextValue = 'threadOfRuns';
  return item;
}

function runItem(run: KeptRun): TreeItem {
  const { label, description, tooltip, sign } = describeRun(
    run,
    workspace.asRelativePath(run.file),
  );
  const item = new TreeItem(label);
  item.id = run.id;
  item.description = description;
  item.tooltip = tooltip;
  item.iconPath = signOf(run);
  item.accessibilityInformation = { label: `${label}, ${RUN_SIGNS[sign].word}, ${description}` };
  // package.json asks for these words.
  item.contextValue = ['run', run.end && 'ended', hasThread(run) && 'thread']
    .filter(Boolean)
    .join(' ');
  item.command = { command: 'superstep.openRun', title: 'Open Run', arguments: [run] };
  return item;
}

function signOf({ end }: KeptRun): ThemeIcon {
  const { icon, color } = RUN_SIGNS[end?.status ?? 'running'];
  return new ThemeIcon(icon, color === undefined ? undefined : new ThemeColor(color));
}

import { window, workspace, type Uri } from 'vscode';
import type { InputProblem } from '../../runner/checkInput.ts';
import type { Activity } from './activities.ts';
import type { RunViewModel } from './runViewModel.ts';

/** In a list, which stays until it is answered, and where Esc leaves all as it is. */
export async function askToRunAgain(run: RunViewModel): Promise<boolean> {
  const second = '$(play) Start a Second Run';
  const instead = '$(debug-restart) Stop It, Then Run Again';
  const title = `${run.title} Is Running Already`;
  const chosen = await window.showQuickPick([second, instead], { title });
  if (chosen === instead) await run.stopped();
  return chosen !== undefined;
}

/**
 * Whether a graph is to run with an input that does not fit.
 * @param place Where the input can be edited.
 */
export async function askToRunWith(
  graph: string,
  problems: readonly InputProblem[],
  place: Uri,
): Promise<boolean> {
  const edit = 'Edit Input';
  const anyway = 'Run Anyway';
  const message = `The input of ${graph} does not fit: ${listProblems(problems)}`;
  const choice = await window.showWarningMessage(message, edit, anyway);
  if (choice === edit) await window.showTextDocument(place, { preview: false });
  return choice === anyway;
}

/** As many as fit into a notification. */
function listProblems(problems: readonly InputProblem[]): string {
  const shown = problems.slice(0, 3).map(({ problem }) => problem);
  const more = problems.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('. ');
}

/** Which of the runs that go on are meant; none if the user gives up. */
export async function pickActivities(running: readonly Activity[]): Promise<readonly Activity[]> {
  const items = running.map((activity) => ({
    label: activity.title,
    description: `${activity.state} ${workspace.asRelativePath(activity.file)}`,
    stops: [activity],
  }));
  const all = { label: `All ${running.length}`, description: '', stops: running };
  const chosen = await window.showQuickPick([...items, all], { placeHolder: 'Stop which run?' });
  return chosen?.stops ?? [];
}

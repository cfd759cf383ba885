import { Uri, commands, window, workspace } from 'vscode';
import { basename } from 'node:path';
import type { LoadError } from '../../loader/loadError.ts';
import type { Problem } from '../../loader/problem.ts';
import type { RunResult } from '../../runner/runner.ts';
import type { RunViewModel } from './runViewModel.ts';
import { failureMessage } from '../../runner/report/failureText.ts';
import type { RunOutput } from './runOutput.ts';
import { showProblem } from '../graphs/showProblem.ts';

const NOT_RECORDED = 'MODEL_NOT_RECORDED';

/** Codes of errors that are mended by another key, or by having another answer. */
const ABOUT_MODELS: ReadonlySet<string> = new Set([
  'NO_MODEL',
  'MISSING_API_KEY',
  'MODEL_AUTHENTICATION',
  'MODEL_QUOTA',
]);

/**
 * Tells the user, without waiting for an answer, that a run has failed.
 * @param options.input What it was run with; `undefined`: the file's own.
 */
export function announceFailure(
  result: RunResult,
  run: RunViewModel,
  { input, output }: { readonly input: unknown; readonly output: RunOutput },
): void {
  const { failedNode: node, failed, file, exportName, beganAs } = run;
  const { threadId, keptBy } = result;
  const offers = new Map<string, () => unknown>();
  if (ABOUT_MODELS.has(result.error?.code ?? '')) {
    offers.set('Choose Model…', () => commands.executeCommand('superstep.chooseModel'));
  } else if (isNotRecorded(result.error)) {
    const given = input === undefined ? [] : [{ value: input }];
    const record = ['superstep.recordMissingModels', Uri.file(file), exportName, ...given] as const;
    offers.set('Record Missing', () => commands.executeCommand(...record));
  } else if (failed?.nodeId !== undefined && threadId !== undefined && keptBy) {
    const place = [Uri.file(file), exportName, failed.nodeId, { threadId, beganAs }];
    offers.set('Debug This Node', () => commands.executeCommand('superstep.debugNode', ...place));
  }
  offerPlaces(failureMessage(result.graph, { ...result, node }), result.problem, output, offers);
}

/** Clients of other providers tell the answer that they were given in words of their own. */
function isNotRecorded(error: RunResult['error']): boolean {
  return error?.code === NOT_RECORDED || (error?.message.includes(NOT_RECORDED) ?? false);
}

/** Tells the user, without waiting for an answer, what a run waits for. */
export async function announceWaiting(run: RunViewModel, output: RunOutput): Promise<void> {
  const { title, waiting, file, exportName } = run;
  if (!waiting) return;
  const { countWaiting, describeWaiting } = await import('../../runner/report/formatWaiting.ts');
  const [first = '', ...others] = describeWaiting(waiting);
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  const showOutput = 'Show Output';
  const answer = waiting.questions.length > 0 ? 'Answer' : 'Go On';
  const message = `${title} waits for ${countWaiting(waiting)}. ${first}${more}`;
  const chosen = await window.showInformationMessage(message, answer, showOutput);
  if (chosen === showOutput) output.show();
  if (chosen !== answer) return;
  await commands.executeCommand('superstep.answerQuestion', Uri.file(file), exportName);
}

/** Tells the user that a file asked for could not be loaded. */
export async function announceLoadError(
  file: string,
  { problems }: LoadError,
  output: RunOutput,
): Promise<void> {
  const { problemLines } = await import('../graphs/describeProblems.ts');
  const baseFolder = workspace.getWorkspaceFolder(Uri.file(file))?.uri.fsPath;
  output.append([
    `✗ ${basename(file)}`,
    ...problemLines(problems, baseFolder).map((l) => `  ${l}`),
  ]);
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  const message = first?.message.split('\n', 1)[0]?.slice(0, 300) ?? 'it cannot be loaded';
  // Some messages begin with the name of the file by themselves.
  const name = message.startsWith(basename(file)) ? '' : `${basename(file)}: `;
  offerPlaces(`${name}${message}${more}`, first, output);
}

function offerPlaces(
  message: string,
  problem: Problem | undefined,
  output: RunOutput,
  offers: ReadonlyMap<string, () => unknown> = new Map(),
): void {
  const goTo = 'Go to Problem';
  const showOutput = 'Show Output';
  void window
    .showErrorMessage(
      message,
      ...offers.keys(),
      ...(problem?.file === undefined ? [] : [goTo]),
      showOutput,
    )
    .then(async (chosen) => {
      await offers.get(chosen ?? '')?.();
      if (chosen === showOutput) output.show();
      if (chosen === goTo && problem) await showProblem(problem);
    });
}

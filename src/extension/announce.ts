import { Uri, window, workspace } from 'vscode';
import { basename } from 'node:path';
import type { LoadError } from '../loader/loadError.ts';
import type { Problem } from '../loader/problem.ts';
import type { RunResult } from '../runner/runner.ts';
import { toRange } from './problems.ts';
import type { RunOutput } from './runOutput.ts';

/** Tells the user, without waiting for an answer, that a run has failed. */
export async function announceFailure(
  result: RunResult,
  node: string | undefined,
  output: RunOutput,
): Promise<void> {
  const { failureMessage } = await import('./describeProblems.ts');
  offerPlaces(failureMessage(result, node), result.problem, output);
}

/** Tells the user that a file asked for could not be loaded. */
export async function announceLoadError(
  file: string,
  { problems }: LoadError,
  output: RunOutput,
): Promise<void> {
  const { problemLines } = await import('./describeProblems.ts');
  const baseFolder = workspace.getWorkspaceFolder(Uri.file(file))?.uri.fsPath;
  output.append([
    `✗ ${basename(file)}`,
    ...problemLines(problems, baseFolder).map((l) => `  ${l}`),
  ]);
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  const message = first?.message.split('\n', 1)[0]?.slice(0, 300) ?? 'it cannot be loaded';
  offerPlaces(`${basename(file)}: ${message}${more}`, first, output);
}

function offerPlaces(message: string, problem: Problem | undefined, output: RunOutput): void {
  const goTo = 'Go to Problem';
  const showOutput = 'Show Output';
  const { file, range } = problem ?? {};
  void window
    .showErrorMessage(message, ...(file === undefined ? [] : [goTo]), showOutput)
    .then(async (chosen) => {
      if (chosen === showOutput) output.show();
      if (chosen !== goTo || file === undefined) return;
      const selection = range && { selection: toRange(range) };
      await window.showTextDocument(Uri.file(file), { ...selection });
    });
}

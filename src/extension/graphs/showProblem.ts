import { Uri, window } from 'vscode';
import type { Problem } from '../../loader/problem.ts';
import { toRange } from './problems.ts';

/** Moves the cursor to a problem's place; does nothing for one without a file. */
export async function showProblem({ file, range }: Problem): Promise<void> {
  if (file === undefined) return;
  const selection = range && { selection: toRange(range) };
  await window.showTextDocument(Uri.file(file), { ...selection });
}

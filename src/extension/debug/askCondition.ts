import { window } from 'vscode';
import { compileCondition } from '../../runner/condition.ts';
import type { GraphBreakpoints } from './breakpoints.ts';
import type { GraphTarget } from '../graphs/graphFile.ts';

/** Asks where branches of a node are to be held: before it, if an expression is true. */
export async function askCondition(
  breakpoints: GraphBreakpoints,
  target: GraphTarget,
  node: string,
): Promise<void> {
  const known = breakpoints.at(target, node, 'before');
  const given = await window.showInputBox({
    title: `Pause before ${node} If…`,
    prompt: 'An expression over what the node is given. Empty: no breakpoint.',
    placeHolder: "role === 'Pirate'",
    value: known?.condition ?? '',
    validateInput: conditionFault,
  });
  if (given === undefined) return;
  const condition = given.trim();
  if (condition !== '') await breakpoints.set(target, { node, when: 'before', condition });
  else if (known) await breakpoints.remove(target, known);
}

/** What is wrong with an expression, as it is being typed; nothing of it is run. */
function conditionFault(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  try {
    compileCondition(text);
    return undefined;
  } catch (error) {
    return `Not an expression: ${(error as Error).message}`;
  }
}

import { Uri } from 'vscode';
import { askCondition } from './askCondition.ts';
import type { GraphBreakpoints } from './breakpoints.ts';

/** What the menus of nodes and graphs can do about breakpoints. */
export type BreakpointAction = 'breakBefore' | 'breakAfter' | 'breakWhen' | 'clearBreakpoints';

/** Does what a menu says, which gives what it is about; anybody else may call it with anything. */
export async function changeBreakpoints(
  breakpoints: GraphBreakpoints,
  action: BreakpointAction,
  [uri, exportName, node]: readonly unknown[],
): Promise<void> {
  if (!(uri instanceof Uri) || typeof exportName !== 'string') return;
  const target = { file: uri.fsPath, exportName };
  if (action === 'clearBreakpoints') return breakpoints.clear(target);
  if (typeof node !== 'string') return;
  if (action === 'breakWhen') return askCondition(breakpoints, target, node);
  return breakpoints.toggle(target, node, action === 'breakBefore' ? 'before' : 'after');
}

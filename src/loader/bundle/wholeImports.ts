const LANGGRAPH = '@langchain/langgraph';
const QUOTED = String.raw`(["'])${LANGGRAPH}(?:-checkpoint)?(?:\/[\w/]+)?`;
/** `import * as lg from '…'`; esbuild writes it so, also for what a file exports again. */
const WHOLE = new RegExp(String.raw`\bimport\s*\*\s*as\s+([\w$]+)\s*from\s*(?=${QUOTED}\2)`, 'g');
/** `import('…')`, without options. */
const LATER = new RegExp(String.raw`\bimport\(\s*${QUOTED}\1\s*\)`, 'g');

/**
 * Lets code that takes LangGraph.js as a whole get what `require` gives: there a name that Superstep does
 * not have is an error which says so, where the namespace of a module would give `undefined`. Lines stay
 * where they are.
 */
export function tellLackingNames(code: string): string {
  if (!code.includes(LANGGRAPH)) return code;
  return code
    .replace(WHOLE, `import { 'module.exports' as $1 } from `)
    .replace(LATER, `$&.then((all) => all['module.exports'])`);
}

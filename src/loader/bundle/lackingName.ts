import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isLangGraph, langGraphFor } from '../../langgraph/entries.ts';
import { tellLacking } from '../../langgraph/lacking.ts';
import type { Bundle } from './bundle.ts';
import { locatePackage, packageIn } from './locateImport.ts';
import type { Problem } from '../problem.ts';

/**
 * The problem of an import from LangGraph.js that names what Superstep does not have, at its place; or
 * nothing, if the error is another one.
 */
export function lackingName(error: unknown, bundle: Bundle): Problem | undefined {
  if (!(error instanceof SyntaxError)) return undefined;
  const [, specifier = '', name = ''] =
    /requested module '([^']+)' does not provide an export named '([^']+)'/.exec(error.message) ??
    [];
  if (!isLangGraph(specifier)) return undefined;
  const problem = { severity: 'error', code: 'NOT_IN_SUPERSTEP' } as const;
  const told = tellLacking(name, specifier);
  // The first line of the stack is the importing module.
  const [, url] = /^(file:\/\/.*?):\d+\s*$/m.exec(error.stack ?? '') ?? [];
  const importer = url === undefined || url.includes('?') ? bundle.file : fileURLToPath(url);
  if (/[\\/]node_modules[\\/]/.test(importer)) {
    const message = `${told} It is imported by ${importer}.`;
    return {
      ...problem,
      message,
      file: bundle.file,
      ...locatePackage(packageIn(importer), bundle),
    };
  }
  for (const file of bundle.inputs) {
    const range = findName(file, name, specifier);
    if (range) return { ...problem, message: told, file, range };
  }
  return { ...problem, message: told, file: bundle.file };
}

/** The same where LangGraph.js runs the file, and lacks what a file imports from Superstep. */
export function lackingThere(error: unknown, bundle: Bundle): Problem | undefined {
  if (!(error instanceof SyntaxError)) return undefined;
  const [, specifier = '', name = ''] =
    /requested module '([^']+)' does not provide an export named '([^']+)'/.exec(error.message) ??
    [];
  if (langGraphFor(specifier) === undefined) return undefined;
  const message = `LangGraph.js is to run this file, and has no "${name}", which it imports from "${specifier}". Run it with Superstep, or do without.`;
  const problem = { severity: 'error', code: 'NOT_IN_LANGGRAPH', message } as const;
  for (const file of bundle.inputs) {
    const range = findName(file, name, specifier);
    if (range) return { ...problem, file, range };
  }
  return { ...problem, file: bundle.file };
}

/** Where a file imports a name from a module. */
function findName(file: string, name: string, specifier: string): Problem['range'] {
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch {
    // Deleted since it was bundled.
    return undefined;
  }
  const word = new RegExp(`(?<![\\w$])${name.replace(/\$/g, '\\$&')}(?![\\w$])`);
  for (const { 0: text, 1: names = '', 2: from, index } of source.matchAll(
    /\b(?:import|export)\s*(?:[\w$]+\s*,\s*)?\{([^}]*)\}\s*from\s*['"]([^'"]+)['"]/g,
  )) {
    const at = from === specifier ? word.exec(names) : null;
    if (!at) continue;
    const before = source.slice(0, index + text.indexOf('{') + 1 + at.index).split('\n');
    const [line1, column1] = [before.length, before.at(-1)!.length + 1];
    return { line1, column1, endLine1: line1, endColumn1: column1 + name.length };
  }
  return undefined;
}

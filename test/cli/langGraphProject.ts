import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onProcessEnd } from '../host/releases.ts';

const packages = join(import.meta.dirname, '../../node_modules');

/**
 * Makes a folder with `a.graph.ts`, where LangGraph.js is installed as it is here.
 * @param version What is said to be installed in its place; `null`: nothing.
 */
export function langGraphProject(source: string, version?: string | null): string {
  const folder = mkdtempSync(join(tmpdir(), 'superstep-langgraph-'));
  onProcessEnd(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'a.graph.ts'), source);
  if (version === undefined) symlinkSync(packages, join(folder, 'node_modules'), 'junction');
  else if (version !== null) {
    const installed = join(folder, 'node_modules/@langchain/langgraph');
    mkdirSync(installed, { recursive: true });
    writeFileSync(join(installed, 'package.json'), JSON.stringify({ version }));
  }
  return folder;
}

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  Uri,
  commands,
  languages,
  window,
  workspace,
  type CodeLens,
  type Diagnostic,
} from 'vscode';
import { PATIENCE_MS } from '../host/retry.ts';

/** Graph files of one test in a folder of their own. */
export class TestFiles {
  readonly folder: string;

  /** @param name Of the folder, to try hostile ones. */
  constructor(name = 'files') {
    this.folder = join(realpathSync(mkdtempSync(join(tmpdir(), 'superstep-code-'))), name);
  }

  write(name: string, text: string): Uri {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return Uri.file(path);
  }

  /** Closes every editor, which clears the problems, and removes the files. */
  async clean(): Promise<void> {
    await commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(dirname(this.folder), { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What the extension's commands that run a graph resolve to. */
export interface Outcome {
  readonly status: string;
  readonly state: Record<string, unknown>;
  readonly durationMs: number;
  readonly error?: { readonly message: string };
}

/** Runs a graph as the command does, to its end. */
export async function run(uri: Uri, exportName?: string): Promise<Outcome | undefined> {
  return commands.executeCommand<Outcome | undefined>('superstep.runGraph', uri, exportName);
}

/** The text of a graph file with one graph named `g`, given the calls between builder and compile. */
export function graphText(calls: string, top = ''): string {
  return `import { Annotation, END, START, StateGraph } from 'superstep';
const State = Annotation.Root({ value: Annotation<any>() });
${top}
export const g = new StateGraph(State)
  ${calls}
  .compile({ name: 'g' });
`;
}

/** A graph of one node, given its function's text. */
export function nodeText(node: string, top = ''): string {
  return graphText(`.addNode('n', ${node})\n  .addEdge(START, 'n')\n  .addEdge('n', END)`, top);
}

/** The extension's own problems of a file. */
export function problemsOf(uri: Uri): Diagnostic[] {
  return languages.getDiagnostics(uri).filter(({ source }) => source === 'superstep');
}

export async function lensTitles(uri: Uri): Promise<string[]> {
  const lenses = await commands.executeCommand<CodeLens[]>(
    'vscode.executeCodeLensProvider',
    uri,
    100,
  );
  return lenses.flatMap(({ command }) =>
    command?.command.startsWith('superstep.') ? [command.title.replace('\u00a0', ' ')] : [],
  );
}

export async function show(uri: Uri): Promise<void> {
  await window.showTextDocument(await workspace.openTextDocument(uri), { preview: false });
}

/** Waits until something holds, looking again and again: a busy machine is no failure. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Never came: ${what}`);
}

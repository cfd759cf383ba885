// Measures the built extension in the hosted VS Code:  node test/bench/extension.ts
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { HostedCode } from '../host/hostedCode.ts';
import { openHost } from '../host/openHost.ts';
import { root } from '../host/install.ts';
import { makeTestFolder } from '../ui/testFolder.ts';

const ROUNDS = 15;
const REST_MS = 15_000;
/** From the last key to the save: the editor's own reaction to the change is not ours. */
const PAUSE_MS = 1000;
/** From one run to the next: who clicks has seen the last one end, and the page has drawn that. */
const BETWEEN_MS = 2000;

/** Writes down when its node begins, in milliseconds since the epoch. */
const clock = `import { writeFileSync } from 'node:fs';
import { Annotation, END, START, StateGraph } from 'superstep';
const State = Annotation.Root({ at: Annotation<number>() });
export const clock = new StateGraph(State)
  .addNode('first', () => {
    writeFileSync(import.meta.dirname + '/at', String(performance.timeOrigin + performance.now()));
    return {};
  })
  .addEdge(START, 'first')
  .addEdge('first', END)
  .compile({ name: 'clock' });
`;

const entry = join(root, 'dist/extension.js');
console.log(
  `dist/extension.js: ${size([entry])}, with all it imports at the start: ${size(startFiles())}`,
);

const folder = makeTestFolder({ 'clock.graph.ts': clock, 'notes.txt': '' });
const file = folder.file('clock.graph.ts');
await measureActivation();
const host = await openHost({ folder: folder.path, extensionDevelopmentPath: root });
try {
  await host.open(file);
  await host.codeLens('Run');
  console.log(
    `activation among others (load code, call, finish, event): ${await activation(host)}`,
  );
  // The editor's own TypeScript takes both processors for some seconds after the start.
  await sleep(REST_MS);
  const starts: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    starts.push(await commandToNode());
    await sleep(BETWEEN_MS);
  }
  console.log(
    `command to first node: first ${ms(starts.slice(0, 1))}, then ${ms(starts.slice(1))}`,
  );
  const saves: Save[] = [];
  for (let round = 0; round < ROUNDS; round++) saves.push(await saveToPreview(`round${round}`));
  console.log(`save to refreshed preview: ${ms(saves.map(({ drawnMs }) => drawnMs))}`);
  console.log(`  the editor's own part of it: ${ms(saves.map(({ savedMs }) => savedMs))}`);
} finally {
  await host.close();
  folder.remove();
}

/** By a command, while no other extension is being loaded: they all share one thread. */
async function measureActivation(): Promise<void> {
  const quiet = await openHost({ folder: folder.path, extensionDevelopmentPath: root });
  try {
    await quiet.open(folder.file('notes.txt'));
    await sleep(REST_MS);
    await quiet.command('superstep.showOutput');
    console.log(`activation alone (load code, call, finish, event): ${await activation(quiet)}`);
  } finally {
    await quiet.close();
  }
}

/** VS Code's own figures, in milliseconds. */
async function activation(host: HostedCode): Promise<string> {
  for (let attempt = 0; attempt < 10; attempt++) {
    await host.palette('Developer: Startup Performance');
    const text = await host.until(() =>
      host.evaluate(
        (code) =>
          code.workspace.textDocuments.find(({ uri }) => uri.scheme === 'perf')?.getText() ?? false,
      ),
    );
    await host.command('workbench.action.closeActiveEditor');
    const row = /^\|\s*superstep\.superstep\s*\|(.*)$/m.exec(text)?.[1];
    if (row !== undefined) return row.split('|').slice(1, 5).join(' ').replace(/\s+/g, ' ').trim();
  }
  return 'not listed';
}

async function commandToNode(): Promise<number> {
  const asked = await host.evaluate(async (code, path) => {
    const now = Date.now();
    await code.commands.executeCommand('superstep.runGraph', code.Uri.file(path), 'clock');
    return now;
  }, file);
  return Number(readFileSync(folder.file('at'), 'utf8')) - asked;
}

interface Save {
  /** From `save()` in the extension host until the editor tells that the file is saved. */
  readonly savedMs: number;
  /** From `save()` to the changed diagram in the page of the panel. */
  readonly drawnMs: number;
}

async function saveToPreview(node: string): Promise<Save> {
  const diagram = await host.webview('#stage');
  // Watched from before the save: it may take less time than asking the page to watch.
  await diagram.evaluate((element, name) => {
    const scope = globalThis as any;
    scope.drawnAt = new Promise<number>((resolve) => {
      const observer = new scope.MutationObserver(() => {
        if (!element.textContent?.includes(name)) return;
        observer.disconnect();
        resolve(Date.now());
      });
      observer.observe(element, { childList: true, subtree: true });
    });
  }, node);
  const { asked, saved } = await host.evaluate(
    async (code, path, text, pauseMs) => {
      const document = await code.workspace.openTextDocument(path);
      const edit = new code.WorkspaceEdit();
      edit.replace(document.uri, new code.Range(0, 0, document.lineCount, 0), text);
      await code.workspace.applyEdit(edit);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      const asked = Date.now();
      await document.save();
      return { asked, saved: Date.now() };
    },
    file,
    clock.replaceAll("'first'", `'${node}'`),
    PAUSE_MS,
  );
  const drawn = await diagram.evaluate(() => (globalThis as any).drawnAt as Promise<number>);
  return { savedMs: saved - asked, drawnMs: drawn - asked };
}

/** The entry and every file that it imports statically, directly or not. */
function startFiles(): string[] {
  const files = new Set([entry]);
  for (const path of files) {
    const text = readFileSync(path, 'utf8');
    for (const [, name = ''] of text.matchAll(/(?:\bfrom|\bimport)\s*"(\.[^"]+)"/g)) {
      files.add(join(dirname(path), name));
    }
  }
  return [...files];
}

function size(files: readonly string[]): string {
  const bytes = Buffer.concat(files.map((path) => readFileSync(path)));
  return `${(bytes.length / 1024).toFixed(1)} KB (${(gzipSync(bytes).length / 1024).toFixed(1)} KB gzip)`;
}

function ms(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  return times.length === 1
    ? `${median.toFixed(0)} ms`
    : `median ${median.toFixed(0)} ms (${sorted.map((time) => time.toFixed(0)).join(' ')})`;
}

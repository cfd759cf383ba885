import { Uri, window, workspace } from 'vscode';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { chooseFolder } from './chooseFolder.ts';
import { writeTo } from './writeTo.ts';

/** The order in which they are to be read; any others come after them. */
const ORDER = ['node-parallelism', 'tasks', 'map-reduce', 'divergent-thinking', 'subgraphs'];

/**
 * Opens a copy of one of the examples: in the workspace, if the user likes, else in the extension's
 * own storage. It is a file in either case, so that it can be run as it stands.
 * @param examples Folder of the examples.
 * @param storage Folder that the extension may write to.
 * @param name Base name of the example, if that is known.
 */
export async function openExample(examples: Uri, storage: Uri, name?: unknown): Promise<void> {
  const file = typeof name === 'string' ? name : await pickExample(examples.fsPath);
  if (file === undefined) return;
  const place = await choosePlace(Uri.joinPath(storage, 'examples'));
  if (!place) return;
  const path = await writeTo(place, () => copyExample(examples.fsPath, file, place.fsPath));
  if (path === undefined) return;
  await window.showTextDocument(Uri.file(path), { preview: false });
}

async function pickExample(folder: string): Promise<string | undefined> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.graph.ts'));
  const items = names
    .sort((a, b) => rank(a) - rank(b))
    .map(async (name) => ({
      label: name.replace(/\.graph\.ts$/, ''),
      detail: headline(await readFile(join(folder, name), 'utf8')),
      name,
    }));
  const chosen = await window.showQuickPick(Promise.all(items), {
    title: 'Open Example',
    placeHolder: 'Which one?',
    matchOnDetail: true,
  });
  return chosen?.name;
}

function rank(name: string): number {
  const index = ORDER.indexOf(name.replace(/\.graph\.ts$/, ''));
  return index === -1 ? ORDER.length : index;
}

/** What an example says it shows: the first sentence of the comment that it begins with. */
export function headline(text: string): string {
  const comment = /^(?:\/\/.*\n)+/.exec(text)?.[0] ?? '';
  const prose = comment.replaceAll(/^\/\/ ?/gm, '').split('\n\n')[0] ?? '';
  const [sentence = ''] = prose
    .replaceAll('\n', ' ')
    // A list shows them as they are.
    .replaceAll('`', '')
    .trim()
    .split(/(?<=[.!])\s/);
  return sentence.replace(/[.:]$/, '');
}

/** Nobody's folder is written to without being asked. */
async function choosePlace(storage: Uri): Promise<Uri | undefined> {
  const folder = await chooseFolder();
  if (!folder) return (workspace.workspaceFolders ?? []).length > 0 ? undefined : storage;
  const chosen = await window.showQuickPick(
    [
      {
        label: `$(folder) Copy It into ${basename(folder.fsPath)}`,
        detail: 'A file of your own, to change and keep',
        place: folder,
      },
      {
        label: '$(eye) Just Open It',
        detail: 'The copy stays outside of your folder; it runs all the same',
        place: storage,
      },
    ],
    { title: 'Open Example', placeHolder: 'Where to?' },
  );
  return chosen?.place;
}

/**
 * Copies an example, with the examples that it imports, and overwrites nothing that differs.
 * @returns The path of the copy: a new one, or one that is there already.
 */
export async function copyExample(from: string, name: string, to: string): Promise<string> {
  await mkdir(to, { recursive: true });
  const text = await readFile(join(from, name), 'utf8');
  for (const [, imported = ''] of text.matchAll(/\bfrom '\.\/([\w-]+\.graph\.ts)'/g)) {
    await copyExample(from, imported, to);
  }
  for (let count = 1; ; count++) {
    const path = join(to, count === 1 ? name : name.replace('.graph.', `-${count}.graph.`));
    const there = await readFile(path, 'utf8').catch(() => undefined);
    if (there === text) return path;
    if (there !== undefined) continue;
    await writeFile(path, text, { flag: 'wx' });
    return path;
  }
}

import { Uri, window, workspace, type QuickPickItem } from 'vscode';
import { chooseFolder } from './chooseFolder.ts';
import { writeTo } from './writeTo.ts';

/** What a new file can start as. `file` names it in the package's `templates/`, and at first here. */
const TEMPLATES: readonly (QuickPickItem & { readonly file: string })[] = [
  {
    label: '$(symbol-event) Empty Graph',
    detail: 'One node, to begin with',
    file: 'empty',
  },
  {
    label: '$(split-horizontal) Parallel Nodes',
    detail: 'Nodes side by side, and one that waits for them',
    file: 'parallel-nodes',
  },
  {
    label: '$(checklist) Tasks',
    detail: 'An ordinary function that starts tasks and joins what they return',
    file: 'tasks',
  },
  {
    label: '$(type-hierarchy-sub) Map and Reduce',
    detail: 'One Send for each item, and a node that joins the answers',
    file: 'map-reduce',
  },
  {
    label: '$(combine) Parallel Subgraphs',
    detail: 'Two graphs as nodes of a third one',
    file: 'subgraphs',
  },
];

const TITLE = 'New Graph File';

/**
 * Makes a small graph that runs, in a folder of the workspace; without one, in an untitled editor.
 * @param templates Folder of the templates.
 * @param folder Where to put the file, if that is known.
 */
export async function newGraphFile(templates: Uri, folder?: unknown): Promise<void> {
  const template = await window.showQuickPick(TEMPLATES, {
    title: TITLE,
    placeHolder: 'What to start with?',
    matchOnDetail: true,
  });
  if (!template) return;
  const name = `${template.file}.graph.ts`;
  const content = await workspace.fs.readFile(Uri.joinPath(templates, name));
  const place = folder instanceof Uri ? folder : await chooseFolder();
  if (!place) {
    if ((workspace.workspaceFolders ?? []).length > 0) return;
    const untitled = await workspace.openTextDocument({
      language: 'typescript',
      content: new TextDecoder().decode(content),
    });
    await window.showTextDocument(untitled);
    return;
  }
  const uri = await askName(place, name);
  if (!uri) return;
  const isWritten = await writeTo(place, async () => {
    await workspace.fs.writeFile(uri, content);
    return true;
  });
  if (isWritten) await window.showTextDocument(uri);
}

async function askName(folder: Uri, proposal: string): Promise<Uri | undefined> {
  const toUri = (name: string): Uri =>
    Uri.joinPath(folder, name.endsWith('.graph.ts') ? name : `${name}.graph.ts`);
  const name = await window.showInputBox({
    title: TITLE,
    prompt: `Name of the file in ${workspace.asRelativePath(folder)}`,
    value: proposal,
    valueSelection: [0, proposal.indexOf('.')],
    validateInput: async (text) => {
      const trimmed = text.trim();
      if (trimmed === '') return 'A name is needed';
      if (/[\\:*?"<>|]/.test(trimmed) || trimmed.split('/').includes('..')) {
        return 'This cannot be the name of a file';
      }
      return (await exists(toUri(trimmed))) ? 'There is such a file already' : undefined;
    },
  });
  return name === undefined ? undefined : toUri(name.trim());
}

async function exists(uri: Uri): Promise<boolean> {
  return workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

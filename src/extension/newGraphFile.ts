import { Uri, window, workspace } from 'vscode';

const TEMPLATE = `import { END, START, StateGraph, StateSchema } from 'superstep';
import { z } from 'zod';

const State = new StateSchema({
  name: z.string(),
  greeting: z.string().default(''),
});

export const input = { name: 'world' };

export const greeter = new StateGraph(State)
  .addNode('greet', (state) => ({ greeting: \`Hello, \${state.name}!\` }))
  .addNode('shout', (state) => {
    console.log('was:', state.greeting);
    return { greeting: state.greeting.toUpperCase() };
  })
  .addEdge(START, 'greet')
  .addEdge('greet', 'shout')
  .addEdge('shout', END)
  .compile({ name: 'greeter' });
`;

/**
 * Makes a small graph that runs, in a folder of the workspace; without one, in an untitled editor.
 * @param folder Where to put it, if that is known.
 */
export async function newGraphFile(folder?: unknown): Promise<void> {
  const place = folder instanceof Uri ? folder : await chooseFolder();
  if (!place) {
    if ((workspace.workspaceFolders ?? []).length > 0) return;
    const untitled = await workspace.openTextDocument({
      language: 'typescript',
      content: TEMPLATE,
    });
    await window.showTextDocument(untitled);
    return;
  }
  const uri = await askName(place);
  if (!uri) return;
  await workspace.fs.writeFile(uri, new TextEncoder().encode(TEMPLATE));
  await window.showTextDocument(uri);
}

async function chooseFolder(): Promise<Uri | undefined> {
  const folders = workspace.workspaceFolders ?? [];
  if (folders.length <= 1) return folders[0]?.uri;
  const active = window.activeTextEditor?.document.uri;
  const ofEditor = active && workspace.getWorkspaceFolder(active);
  return (ofEditor ?? (await window.showWorkspaceFolderPick()))?.uri;
}

async function askName(folder: Uri): Promise<Uri | undefined> {
  const toUri = (name: string): Uri =>
    Uri.joinPath(folder, name.endsWith('.graph.ts') ? name : `${name}.graph.ts`);
  const name = await window.showInputBox({
    title: 'New Graph File',
    prompt: `Name of the file in ${workspace.asRelativePath(folder)}`,
    value: 'hello.graph.ts',
    valueSelection: [0, 'hello'.length],
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

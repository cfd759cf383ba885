import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder of its own for a test, removed with `remove()`. */
export interface TestFolder {
  /** Absolute path. */
  readonly path: string;
  /** Absolute path of a file in it. */
  file(name: string): string;
  /** Writes a file, and the folders around it; returns its absolute path. */
  write(name: string, text: string): string;
  /** Lets the nodes that wait for this gate go on: see `gatedGraph`. */
  openGate(name: string): void;
  closeGate(name: string): void;
  remove(): void;
}

/** @param options `name` of the folder, to try hostile ones. */
export function makeTestFolder(
  files: Readonly<Record<string, string>>,
  options: { readonly name?: string } = {},
): TestFolder {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'superstep-ui-')));
  const path = join(scratch, options.name ?? 'folder');
  const folder: TestFolder = {
    path,
    file: (name) => join(path, name),
    write(name, text) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), text);
      return join(path, name);
    },
    openGate: (name) => writeFileSync(join(path, `${name}.gate`), ''),
    closeGate: (name) => rmSync(join(path, `${name}.gate`), { force: true }),
    remove: () => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }),
  };
  for (const [name, text] of Object.entries(files)) folder.write(name, text);
  return folder;
}

const SLEEP = 'await sleep(10, undefined, { signal })';
const BLOCK = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)';

/**
 * The text of a graph file whose first node ends when a file `NAME.gate` appears beside it, so that
 * a test can look at a run for as long as it likes; its second node ends at once.
 * @param options.listens Whether the node that waits ends when the run is told to stop.
 */
export function gatedGraph(name: string, { listens = true } = {}): string {
  return `import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Annotation, END, START, StateGraph } from 'superstep';

const State = Annotation.Root({ log: Annotation<string>() });

export const ${name} = new StateGraph(State)
  .addNode('wait', async (_state, { signal }) => {
    console.log('${name} waits');
    while (!existsSync(import.meta.dirname + '/${name}.gate')) ${listens ? SLEEP : BLOCK};
    return { log: '${name} waited' };
  })
  .addNode('finish', () => ({ log: '${name} is over' }))
  .addEdge(START, 'wait')
  .addEdge('wait', 'finish')
  .addEdge('finish', END)
  .compile({ name: '${name}' });
`;
}

// npm start: builds everything and opens VS Code on examples/ with the extension under development.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheDir, root, run } from './install.ts';
import { progress } from './progress.ts';
import { startServer } from './server.ts';
import { pageAddress } from './workbenchPage.ts';

const folder = join(root, 'examples');
const file = join(folder, 'node-parallelism.graph.ts');

await progress('Building', () => run(process.execPath, ['esbuild.js'], { cwd: root }));
if (!existsSync(join(root, 'dist/types'))) {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  await progress('Building types', () =>
    run(process.execPath, [tsc, '-p', 'tsconfig.types.json'], { cwd: root }),
  );
}
const editor = findDesktopEditor();
await (editor ? openDesktop(editor) : openHosted());

function findDesktopEditor(): string | undefined {
  const { VSCODE, PATH = '' } = process.env;
  if (VSCODE) return VSCODE;
  const suffix = process.platform === 'win32' ? '.cmd' : '';
  return ['code', 'code-insiders', 'codium']
    .flatMap((name) => PATH.split(delimiter).map((place) => join(place, name + suffix)))
    .find((path) => existsSync(path));
}

async function openDesktop(program: string): Promise<void> {
  console.log(`Opening ${program}. It ends when its window is closed.`);
  const shell = process.platform === 'win32';
  const quoted = (path: string) => (shell ? `"${path}"` : path);
  const child = spawn(
    quoted(program),
    ['--new-window', '--wait', `--extensionDevelopmentPath=${quoted(root)}`, quoted(folder)],
    { stdio: 'inherit', shell },
  );
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function openHosted(): Promise<void> {
  const server = await progress('Starting VS Code', () =>
    startServer({ dataDir: join(cacheDir, 'start'), extensions: [root], keepAlive: true }),
  );
  const address = pageAddress(server, { folder, ...(existsSync(file) ? { openFile: file } : {}) });
  console.log(`\nVS Code with Superstep: ${address}\n\nPress Ctrl+C to end it.`);
  await server.ended;
  console.error(`The server has ended:\n${server.log()}`);
  process.exitCode = 1;
}

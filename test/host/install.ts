import { execFile, type ExecFileOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { progress } from './progress.ts';

/** The package that carries a whole VS Code: its version is that of VS Code plus three majors. */
const CODE_SERVER = 'code-server@4.139.1';

/** Bump when the steps below change, so that older installations are made anew. */
const RECIPE = 1;

/** The repository's root. */
export const root = resolve(import.meta.dirname, '../..');

/** Git-ignored: everything that tests and `npm start` download. */
export const cacheDir = join(root, '.vscode-test');

/** Where screenshots and the logs of failed waits go (git-ignored). */
export const outputDir = join(root, 'test/output');

/** Whether the hosted VS Code runs here at all. */
export const canHost = process.platform !== 'win32';

/**
 * Installs the VS Code server that tests and `npm start` use where there is no desktop editor, once,
 * into `.vscode-test/`; some 400 MB. Processes that ask at the same time wait for the first.
 * @returns The folder of the server (its `out/server-main.js` is the program).
 * @throws {Error} saying which step failed, with the step's output.
 */
export async function installServer(): Promise<string> {
  const home = join(cacheDir, `hosted-${CODE_SERVER.replace('@', '-')}-${RECIPE}`);
  const server = join(home, 'package', 'lib', 'vscode');
  const done = join(home, 'done');
  if (existsSync(done)) return server;
  if (!process.versions.node.startsWith('24.')) {
    throw new Error(
      `The hosted VS Code needs Node 24, this is ${process.versions.node}: start it by an npm script (npm test, npm start)`,
    );
  }
  await mkdir(cacheDir, { recursive: true });
  await withLock(join(cacheDir, 'install.lock'), async () => {
    if (existsSync(done)) return;
    await rm(home, { recursive: true, force: true });
    await mkdir(home, { recursive: true });
    await progress('Downloading VS Code (once)', () => unpack(CODE_SERVER, home));
    await progress('Installing its modules', () =>
      npm(['install', '--omit=dev', '--ignore-scripts'], server),
    );
    await progress('Installing its TypeScript', () =>
      npm(['install', '--omit=dev', '--ignore-scripts'], join(server, 'extensions')),
    );
    // The only two of its native modules that it does not start without and that come as source.
    await progress('Compiling two of its modules', () =>
      npm(['rebuild', '@vscode/spdlog', '@vscode/native-watchdog'], server),
    );
    await run(process.execPath, ['-e', 'require("@vscode/spdlog")'], { cwd: server });
    await writeFile(done, `${new Date().toISOString()}\n`);
  });
  return server;
}

async function unpack(spec: string, folder: string): Promise<void> {
  const archive = (await npm(['pack', '--silent', spec], folder)).trim();
  await run('tar', ['-xzf', archive], { cwd: folder });
  await rm(join(folder, archive));
}

/** Runs npm in a folder, under this Node, with the user's own configuration. */
export function npm(args: readonly string[], cwd: string): Promise<string> {
  const env = Object.fromEntries(
    // What `npm run` says about this package must not be taken for the other folder's.
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(package|lifecycle|command|config_local_prefix)/.test(name),
    ),
  );
  env.PATH = `${dirname(process.execPath)}${process.platform === 'win32' ? ';' : ':'}${env.PATH}`;
  env.npm_config_jobs = 'max';
  const headers = ownHeaders();
  if (headers) env.npm_config_nodedir = headers;
  const all = [...args, '--no-audit', '--no-fund', '--loglevel=error'];
  const script = process.env.npm_execpath;
  return script?.endsWith('.js')
    ? run(process.execPath, [script, ...all], { cwd, env })
    : run('npm', all, { cwd, env, shell: process.platform === 'win32' });
}

/** The folder above `include/node` that came with this Node, so that no headers are downloaded. */
function ownHeaders(): string | undefined {
  const bin = dirname(process.execPath);
  return [
    resolve(bin, '..'),
    resolve(bin, '../node_modules', `node-${process.platform}-${process.arch}`),
  ].find((folder) => existsSync(join(folder, 'include/node/node.h')));
}

/** Runs a program to its end. @throws {Error} with the command and all it said. */
export async function run(
  file: string,
  args: readonly string[],
  options: ExecFileOptions = {},
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(file, args, {
      ...options,
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    return stdout;
  } catch (error) {
    const { message, stdout = '', stderr = '' } = error as Error & Record<string, string>;
    // The message holds the command, and for one that ran also what it wrote to stderr.
    throw new Error(`${message.replace(stderr, '')}\n${stdout}${stderr}`);
  }
}

/**
 * Runs `work` while no other process holds the lock file. The file names its holder, so that a lock
 * whose holder is gone is taken over.
 */
export async function withLock(file: string, work: () => Promise<void>): Promise<void> {
  for (;;) {
    const handle = await open(file, 'wx').catch(() => undefined);
    if (handle) {
      await handle.writeFile(String(process.pid));
      await handle.close();
      break;
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => ''));
    if (holder > 0 && !isAlive(holder)) {
      // Renamed first: of several who see the dead lock only one gets it.
      const claimed = `${file}.${process.pid}`;
      await rename(file, claimed).then(
        () => rm(claimed, { force: true }),
        () => undefined,
      );
    }
    await delay(300);
  }
  try {
    await work();
  } finally {
    await rm(file, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

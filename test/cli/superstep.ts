import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'node:test';
import { onProcessEnd } from '../host/releases.ts';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** The command line as it is shipped, and as it runs from source. */
export const targets = {
  source: path('../../src/cli/main.ts'),
  dist: path('../../dist/cli.js'),
};
export const distIsMissing = existsSync(targets.dist) ? false : 'there is no dist/: npm run build';

export const fixture = (name: string) => path(`../fixtures/runner/${name}`);

// Threads that a test keeps must not reach the home folder of who runs it, nor depend on it.
const home = mkdtempSync(join(tmpdir(), 'superstep-home-'));
onProcessEnd(() => rmSync(home, { recursive: true, force: true }));
const homeEnv = { HOME: home, XDG_STATE_HOME: home, LOCALAPPDATA: home };

export interface Options {
  readonly target?: keyof typeof targets;
  readonly stdin?: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Starts `superstep` with these arguments; ended at the latest with the test. */
export function start(
  t: Pick<TestContext, 'after'>,
  args: readonly string[],
  options: Options = {},
) {
  const { target = 'source', stdin = '', cwd, env } = options;
  const child = spawn(process.execPath, [targets[target], ...args], {
    ...(cwd !== undefined && { cwd }),
    env: {
      ...process.env,
      ...homeEnv,
      NODE_OPTIONS: '',
      NO_COLOR: '',
      FORCE_COLOR: '',
      ...env,
    },
  });
  t.after(() => child.kill('SIGKILL'));
  child.stdin.on('error', () => {}); // it may end before it has read all
  child.stdin.end(stdin);
  // A test may stop reading.
  const stdout = text(child.stdout).catch(() => '');
  const stderr = text(child.stderr);
  const ended = (async () => {
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    return { code, signal, stdout: await stdout, stderr: await stderr };
  })();
  return { child, ended };
}

/** Runs `superstep` to its end. */
export function superstep(
  t: Pick<TestContext, 'after'>,
  args: readonly string[],
  options?: Options,
) {
  return start(t, args, options).ended;
}

/** Waits until a stream, which somebody else reads as well, has said something. */
export async function output(stream: NodeJS.ReadableStream, wanted: RegExp): Promise<void> {
  let text = '';
  await new Promise<void>((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      text += String(chunk);
      if (wanted.test(text)) resolve();
    });
    stream.on('end', () => reject(new Error(`There was no ${String(wanted)} in:\n${text}`)));
  });
}

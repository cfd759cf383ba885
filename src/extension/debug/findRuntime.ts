import { execFile } from 'node:child_process';
import { commands, window, type Uri } from 'vscode';
import { readSettings } from '../settings.ts';
import { chooseRuntime, type Runtime } from './chooseRuntime.ts';

/** Longest time, in milliseconds, for a program to say its version. */
const LIMIT_MS = 5000;

/** The program that runs what is debugged; `undefined` if that is not settled, which the user is told. */
export async function findRuntime(file: Uri): Promise<Runtime | undefined> {
  const editor = process.execPath;
  try {
    return await chooseRuntime(readSettings(file).debugRuntime, { versionOf, editor });
  } catch (error) {
    void offerSetting((error as Error).message);
    return undefined;
  }
}

async function offerSetting(message: string): Promise<void> {
  const open = 'Open Setting';
  const chosen = await window.showErrorMessage(message, open);
  if (chosen !== open) return;
  await commands.executeCommand('workbench.action.openSettings', 'superstep.debug.runtime');
}

/** The version of Node that a program is; `undefined` if it cannot be started, or is something else. */
function versionOf(program: string): Promise<string | undefined> {
  const env = { ...process.env };
  delete env['NODE_OPTIONS'];
  return new Promise((resolve) => {
    execFile(program, ['--version'], { env, timeout: LIMIT_MS }, (_error, stdout) => {
      resolve(/^v(\d+\.\d+\.\d+)/.exec(stdout)?.[1]);
    });
  });
}

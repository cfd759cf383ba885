import { execFile } from 'node:child_process';
import { commands, window, type Uri } from 'vscode';
import { readSettings } from '../settings.ts';
import { chooseRuntime, type Runtime } from './chooseRuntime.ts';

const SETTING = 'superstep.debug.runtime';

/** Longest time, in milliseconds, for a program to say its version. */
const LIMIT_MS = 5000;

/**
 * The program that runs what is debugged; `undefined` if that is not settled,  which the user is told.
 * @param ofLaunch What a launch configuration names, in the place of the setting.
 */
export async function findRuntime(
  file: Uri | undefined,
  ofLaunch: string | undefined,
): Promise<Runtime | undefined> {
  const wanted =
    ofLaunch === undefined
      ? { path: readSettings(file).debugRuntime, from: SETTING }
      : { path: ofLaunch, from: 'The launch configuration' };
  try {
    return await chooseRuntime(wanted, { versionOf, editor: process.execPath });
  } catch (error) {
    void tell((error as Error).message, ofLaunch === undefined);
    return undefined;
  }
}

async function tell(message: string, isOfSetting: boolean): Promise<void> {
  if (!isOfSetting) return void window.showErrorMessage(message);
  const open = 'Open Setting';
  const chosen = await window.showErrorMessage(message, open);
  if (chosen !== open) return;
  await commands.executeCommand('workbench.action.openSettings', SETTING);
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

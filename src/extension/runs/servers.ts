import { window, type QuickPickItem, type Uri } from 'vscode';
import { LoadError } from '../../loader/loadError.ts';
import { RestateRunner } from '../../runner/restate/restateRunner.ts';
import { DEFAULT_INGRESS, ingressOf } from '../../runner/restate/serverAddress.ts';
import { changeSetting } from '../changeSetting.ts';
import { readSettings } from '../settings.ts';

/** `undefined` opens a field for an address. */
interface Choice extends QuickPickItem {
  readonly runOn: string | undefined;
}

/**
 * What runs graphs on a server.
 * @param runOn As the setting `superstep.runOn` tells it.
 * @param file For whose run it is.
 * @throws {LoadError} if that is no address.
 */
export function runnerOn(runOn: string, file: string): RestateRunner {
  const ingress = ingressOf(runOn) ?? '';
  if (URL.canParse(ingress)) return new RestateRunner({ ingress: ingress.replace(/\/$/, '') });
  const message = `The setting superstep.runOn takes restate, or the address of a Restate server such as ${DEFAULT_INGRESS}, got "${runOn}"`;
  throw new LoadError([{ severity: 'error', code: 'RESTATE_FAILED', message, file }]);
}

/** Shows where graphs run, and lets the user change it. */
export async function chooseServer(file: Uri | undefined): Promise<void> {
  const current = readSettings(file).runOn;
  const chosen = await window.showQuickPick(choices(current), {
    title: 'Run On…',
    placeHolder: 'Where are graphs to run in this workspace?',
    matchOnDetail: true,
  });
  const runOn = chosen && (chosen.runOn ?? (await askAddress(current)));
  if (runOn !== undefined) await changeSetting('runOn', runOn, file);
}

function choices(current: string): Choice[] {
  const all: Choice[] = [
    { runOn: '', label: '$(device-desktop) This Machine', detail: 'In a thread of its own' },
    {
      runOn: 'restate',
      label: '$(server) Restate on This Machine',
      detail: `${DEFAULT_INGRESS}, as “superstep restate up FILE” starts it with a worker`,
    },
    {
      runOn: undefined,
      label: '$(globe) Restate Elsewhere…',
      detail: 'The address of a server whose workers have the file',
    },
  ];
  const known = all.some(({ runOn }) => runOn === current);
  return all.map((choice) =>
    choice.runOn === current || (choice.runOn === undefined && !known)
      ? { ...choice, description: known ? 'in use' : `in use: ${current}` }
      : choice,
  );
}

function askAddress(current: string): Thenable<string | undefined> {
  return window.showInputBox({
    title: 'Run on a Restate Server',
    prompt: 'Where it takes calls, by default at port 8080',
    value: /^https?:/.test(current) ? current : 'http://',
    validateInput: (text) =>
      /^https?:\/\/./.test(text) && URL.canParse(text)
        ? undefined
        : `An address, such as ${DEFAULT_INGRESS}`,
  });
}

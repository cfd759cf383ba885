import { lm, window, type CancellationToken, type QuickPickItem } from 'vscode';
import { setApiKey } from './setApiKey.ts';
import type { StoredKey } from './storedKey.ts';

/** Who is to answer, where neither the code nor the environment has a key; `ask` the next time. */
export type Answerer = 'offline' | 'editor' | 'key' | 'ask';

interface Choice extends QuickPickItem {
  readonly answerer: Answerer | 'newKey';
}

/** Milliseconds that the extensions that bring language models have to tell of them. */
const LOOK_MS = 2000;

/**
 * Lets the user choose who answers.
 * @param question What the list is headed with, and what stands in its field.
 * @param options `current` is marked as what is in use; `cancel` takes the list away.
 * @returns `undefined` if the user gave up.
 */
export async function pickModel(
  question: { readonly title: string; readonly placeHolder: string },
  storedKey: StoredKey,
  { current, cancel }: { readonly current?: Answerer; readonly cancel?: CancellationToken } = {},
): Promise<Answerer | undefined> {
  const chosen = await window.showQuickPick(
    choices(storedKey, current),
    { ...question, ignoreFocusOut: true, matchOnDetail: true },
    cancel,
  );
  if (chosen?.answerer !== 'newKey') return chosen?.answerer;
  return (await setApiKey(storedKey, cancel)) ? 'key' : undefined;
}

async function choices(storedKey: StoredKey, current: Answerer | undefined): Promise<Choice[]> {
  const [key, models] = await Promise.all([storedKey.get(), editorModelNames()]);
  const all: (Choice | false)[] = [
    {
      answerer: 'offline',
      label: '$(circuit-board) Built-in Offline Model',
      detail: 'Makes its answers up, to try a graph: no key, no account, no network',
    },
    key !== undefined && {
      answerer: 'key',
      label: '$(key) Stored API Key',
      detail: `Asks ${key.baseURL}`,
    },
    {
      answerer: 'newKey',
      label: `$(${key ? 'edit' : 'key'}) Set ${key ? 'Another' : 'an'} API Key…`,
      detail: 'OpenAI, DashScope, or any server that speaks the same protocol',
    },
    (models.length > 0 || current === 'editor') && {
      answerer: 'editor',
      label: "$(sparkle) The Editor's Language Models",
      detail: models.length > 0 ? listed(models) : 'There are none at present',
    },
    current !== undefined &&
      current !== 'ask' &&
      key === undefined && {
        answerer: 'ask',
        label: '$(question) Ask at the Next Run',
      },
  ];
  return all
    .filter((choice) => choice !== false)
    .map((choice) => (choice.answerer === current ? { ...choice, description: 'in use' } : choice));
}

/** Nothing that an extension does with models may keep the list from coming. */
async function editorModelNames(): Promise<string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<[]>((resolve) => (timer = setTimeout(() => resolve([]), LOOK_MS)));
  try {
    const models = await Promise.race([lm.selectChatModels(), late]);
    return [...new Set(models.map(({ name }) => name))];
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}

function listed(names: readonly string[]): string {
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `${names.slice(0, 3).join(', ')}${more}`;
}

import { lm, window, type CancellationToken, type QuickPickItem } from 'vscode';
import { DisposableStore } from '../disposableStore.ts';
import { setApiKey } from './setApiKey.ts';
import type { ApiKey, StoredKey } from './storedKey.ts';

/** Who is to answer, where neither the code nor the environment has a key; `ask` the next time. */
export type Answerer = 'offline' | 'editor' | 'key' | 'ask';

interface Choice extends QuickPickItem {
  readonly answerer: Answerer | 'newKey';
}

/**
 * Lets the user choose who answers.
 * @param question What the list is headed with, and what stands in its field.
 * @param options `current` is marked as what is in use; `cancel` takes the list away.
 * @returns `undefined` if the user gave up.
 */
export async function pickModel(
  question: { readonly title: string; readonly placeholder: string },
  storedKey: StoredKey,
  { current, cancel }: { readonly current?: Answerer; readonly cancel?: CancellationToken } = {},
): Promise<Answerer | undefined> {
  const key = await storedKey.get();
  if (cancel?.isCancellationRequested) return undefined;
  const owned = new DisposableStore();
  try {
    const list = owned.add(window.createQuickPick<Choice>());
    const show = (editorModels: readonly string[]) => {
      const active = list.activeItems[0]?.answerer ?? current;
      list.items = choices(key, editorModels, current);
      const found = list.items.find(({ answerer }) => answerer === active) ?? list.items[0];
      if (found) list.activeItems = [found];
    };
    list.title = question.title;
    list.placeholder = question.placeholder;
    list.ignoreFocusOut = true;
    list.matchOnDetail = true;
    list.keepScrollPosition = true;
    list.busy = true;
    show([]);
    const chosen = await new Promise<Choice['answerer'] | undefined>((resolve) => {
      owned.add(list.onDidAccept(() => resolve(list.activeItems[0]?.answerer)));
      owned.add(list.onDidHide(() => resolve(undefined)));
      if (cancel) owned.add(cancel.onCancellationRequested(() => list.hide()));
      list.show();
      // The extensions that bring models are started by the question for them: nobody waits for that.
      void editorModelNames().then((names) => {
        list.busy = false;
        if (names.length > 0) show(names);
      });
    });
    list.hide();
    if (chosen !== 'newKey') return chosen;
  } finally {
    owned.dispose();
  }
  return (await setApiKey(storedKey, cancel)) ? 'key' : undefined;
}

function choices(
  key: ApiKey | undefined,
  editorModels: readonly string[],
  current: Answerer | undefined,
): Choice[] {
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
    (editorModels.length > 0 || current === 'editor') && {
      answerer: 'editor',
      label: "$(sparkle) The Editor's Language Models",
      detail: editorModels.length > 0 ? listed(editorModels) : 'There are none at present',
    },
    (current === 'offline' || current === 'editor') &&
      key === undefined && {
        answerer: 'ask',
        label: '$(question) Ask at the Next Run',
      },
  ];
  return all
    .filter((choice) => choice !== false)
    .map((choice) => (choice.answerer === current ? { ...choice, description: 'in use' } : choice));
}

async function editorModelNames(): Promise<string[]> {
  try {
    const models = await lm.selectChatModels();
    return [...new Set(models.map(({ name }) => name))];
  } catch {
    return [];
  }
}

function listed(names: readonly string[]): string {
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `${names.slice(0, 3).join(', ')}${more}`;
}

import { QuickPickItemKind, window, type CancellationToken, type QuickPickItem } from 'vscode';
import type { StoredKey } from './storedKey.ts';

/** Addresses of APIs that speak the protocol of OpenAI's chat completions. */
const PROVIDERS: readonly (QuickPickItem & { readonly baseURL: string })[] = [
  { label: 'OpenAI', baseURL: 'https://api.openai.com/v1' },
  { label: 'DashScope', baseURL: 'https://dashscope.aliyuncs.com/compatible-mode/v1' },
  {
    label: 'DashScope, international',
    baseURL: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
  },
].map((provider) => ({ ...provider, description: provider.baseURL }));

const OTHER = 'Other provider…';
const TITLE = 'Set API Key';

/**
 * Asks for a provider and a key, and keeps them.
 * @param cancel Takes the questions away.
 * @returns Whether there is a new key.
 */
export async function setApiKey(stored: StoredKey, cancel?: CancellationToken): Promise<boolean> {
  const baseURL = await askProvider(cancel);
  if (baseURL === undefined) return false;
  const apiKey = await window.showInputBox(
    {
      title: TITLE,
      prompt: `Key for ${baseURL}. It is kept in the secret storage of the editor, nowhere else.`,
      password: true,
      ignoreFocusOut: true,
      validateInput: (text) => checkKey(text.trim()),
    },
    cancel,
  );
  if (apiKey === undefined) return false;
  await stored.set({ apiKey: apiKey.trim(), baseURL });
  return true;
}

/** The address of the provider's API. */
async function askProvider(cancel: CancellationToken | undefined): Promise<string | undefined> {
  const chosen = await window.showQuickPick(
    [
      ...PROVIDERS,
      { label: '', kind: QuickPickItemKind.Separator, baseURL: '' },
      { label: OTHER, description: 'whatever speaks the protocol of OpenAI', baseURL: '' },
    ],
    { title: TITLE, placeHolder: 'Whose key?', matchOnDescription: true, ignoreFocusOut: true },
    cancel,
  );
  if (chosen?.label !== OTHER) return chosen?.baseURL;
  const address = await window.showInputBox(
    {
      title: TITLE,
      prompt: 'Address of the API; it mostly ends with /v1',
      placeHolder: 'https://…/v1',
      ignoreFocusOut: true,
      validateInput: (text) => checkAddress(text.trim()),
    },
    cancel,
  );
  return address?.trim();
}

/** What is wrong with a key, if anything. Never repeats it. */
export function checkKey(text: string): string | undefined {
  if (text === '') return 'A key is needed';
  return /^[\x21-\x7e]+$/.test(text)
    ? undefined
    : 'A key has neither blanks nor characters beyond ASCII: was something else pasted?';
}

/** What is wrong with the address of an API, if anything. */
export function checkAddress(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    return 'An address that begins with https:// or http:// is needed';
  }
  if (url.username || url.password) return 'The address must not hold a name or a password';
  return url.pathname.endsWith('/chat/completions')
    ? 'The address of the API as a whole, without /chat/completions'
    : undefined;
}

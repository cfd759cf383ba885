import type { SecretStorage } from 'vscode';

/** A provider's key, and where it is valid. */
export interface ApiKey {
  readonly apiKey: string;
  /** Address of the provider's API, such as `https://api.openai.com/v1`. */
  readonly baseURL: string;
}

/**
 * The key that the user has given to the editor, for all workspaces. It is kept with its address
 * as one secret, so that it is never sent anywhere else.
 */
export class StoredKey {
  readonly #secrets: SecretStorage;

  constructor(secrets: SecretStorage) {
    this.#secrets = secrets;
  }

  async get(): Promise<ApiKey | undefined> {
    const text = await this.#secrets.get(SECRET);
    return text === undefined ? undefined : (JSON.parse(text) as ApiKey);
  }

  async set({ apiKey, baseURL }: ApiKey): Promise<void> {
    await this.#secrets.store(SECRET, JSON.stringify({ apiKey, baseURL }));
  }

  async clear(): Promise<void> {
    await this.#secrets.delete(SECRET);
  }
}

const SECRET = 'apiKey';

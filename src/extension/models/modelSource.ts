import { window, type Memento } from 'vscode';
import type { ModelChoice, ModelProvider } from '../../runner/models.ts';
import { SharedWork } from '../../runner/sharedWork.ts';
import { toToken } from '../cancellation.ts';
import type { Answerer } from './pickModel.ts';
import type { StoredKey } from './storedKey.ts';

const STATE_KEY = 'answerer';

/**
 * Who answers the models of runs where neither their code nor their environment (`.env` files
 * included) has a key: what the user chose for this workspace, else the stored key, else whom the
 * user chooses when the first run asks.
 */
export class ModelSource {
  readonly #state: Memento;
  readonly #storedKey: StoredKey;
  /** The question on the screen. */
  #question: SharedWork<Answerer | undefined> | undefined;

  constructor(state: Memento, storedKey: StoredKey) {
    this.#state = state;
    this.#storedKey = storedKey;
  }

  /**
   * What one run is given.
   * @param tell Called once, with a line that says who answers, if the run asks for a model at all.
   */
  provider(tell: (line: string) => void): ModelProvider {
    return {
      choose: async ({ model, signal }) => {
        const choice = (await this.#known()) ?? (await this.#ask(model, signal));
        tell(
          choice
            ? `Models: ${named(choice)} (“Superstep: Choose Model…” changes that)`
            : `Models: nobody was chosen to answer "${model}", so the run is cancelled`,
        );
        return choice;
      },
      complete: async function* (request, signal) {
        const { completeWithEditor } = await import('./editorModels.ts');
        yield* completeWithEditor(request, signal);
      },
    };
  }

  /** Shows what is in use in this workspace, and lets the user change it. */
  async change(): Promise<void> {
    const { pickModel } = await import('./pickModel.ts');
    const chosen = await pickModel(
      {
        title: 'Choose Model',
        placeholder:
          'Who answers where neither the code nor the environment (.env included) has a key?',
      },
      this.#storedKey,
      { current: await this.#current() },
    );
    if (chosen) await this.#remember(chosen);
  }

  /** Asks for a key, which from then on is what this workspace uses. */
  async setApiKey(): Promise<void> {
    const { setApiKey } = await import('./setApiKey.ts');
    if (!(await setApiKey(this.#storedKey))) return;
    await this.#remember('key');
    const { baseURL = '' } = (await this.#storedKey.get()) ?? {};
    void window.showInformationMessage(
      `Models are now asked at ${baseURL}, except where the code or the environment has a key of its own.`,
    );
  }

  /** Forgets the key, in all workspaces. */
  async clearApiKey(): Promise<void> {
    const had = await this.#storedKey.get();
    await this.#storedKey.clear();
    void window.showInformationMessage(
      had ? 'The API key was removed from the secret storage.' : 'There was no API key.',
    );
  }

  async #current(): Promise<Answerer> {
    const chosen = this.#state.get<Answerer>(STATE_KEY);
    return chosen ?? ((await this.#storedKey.get()) ? 'key' : 'ask');
  }

  async #known(): Promise<ModelChoice | undefined> {
    const kind = await this.#current();
    if (kind === 'offline' || kind === 'editor') return { kind };
    const key = await this.#storedKey.get();
    return key && { kind: 'key', ...key };
  }

  /** A key is remembered by being there. */
  async #remember(answerer: Answerer): Promise<void> {
    const isChoice = answerer === 'offline' || answerer === 'editor';
    await this.#state.update(STATE_KEY, isChoice ? answerer : undefined);
  }

  /** All runs that ask at the same time wait for one question, which goes when the last of them ends. */
  async #ask(model: string, signal: AbortSignal): Promise<ModelChoice | undefined> {
    signal.throwIfAborted();
    if (!this.#question || this.#question.isOver) {
      this.#question = new SharedWork((noMore) => this.#open(model, noMore));
    }
    const answer = await this.#question.join(signal);
    return answer && (await this.#known());
  }

  async #open(model: string, noMore: AbortSignal): Promise<Answerer | undefined> {
    const cancel = toToken(noMore);
    try {
      const { pickModel } = await import('./pickModel.ts');
      const title = `There Is No Key for the Model ${model}`;
      const placeholder = 'Who is to answer in this workspace?';
      const answer = await pickModel({ title, placeholder }, this.#storedKey, {
        cancel: cancel.token,
      });
      if (answer) await this.#remember(answer);
      return answer;
    } finally {
      cancel.dispose();
    }
  }
}

function named(choice: ModelChoice): string {
  switch (choice.kind) {
    case 'offline':
      return 'the built-in offline model makes the answers up';
    case 'editor':
      return "the editor's language models answer";
    case 'key':
      return `the stored key is used at ${choice.baseURL ?? "the provider's address"}`;
  }
}

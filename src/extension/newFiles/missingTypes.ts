import { commands, languages, window, workspace, type Diagnostic, type Memento } from 'vscode';
import { DisposableStore } from '../disposableStore.ts';
import { isGraphFile } from '../graphs/graphFile.ts';

const STATE_KEY = 'types.neverOffer';

/** "Cannot find module", and the same with a guess at why. */
const NOT_FOUND = new Set([2307, 2792]);

const OURS = /^[^'"]*['"](superstep(?:\/(?:openai|sqlite))?|zod)['"]/;

/**
 * Offers to add types where the editor's TypeScript does not find ours: one that loads no plugins,
 * or one of the workspace's own that is told not to. Once in a window.
 */
export class MissingTypes {
  readonly #owned = new DisposableStore();
  readonly #state: Memento;
  #isOffered = false;

  constructor(state: Memento) {
    this.#state = state;
    this.#owned.add(
      languages.onDidChangeDiagnostics(({ uris }) => {
        if (this.#isOffered) return;
        const file = uris.find(
          (uri) => isGraphFile(uri) && languages.getDiagnostics(uri).some(isMissing),
        );
        const folder = file && workspace.getWorkspaceFolder(file);
        if (!folder || this.#state.get(STATE_KEY) === true) return;
        this.#isOffered = true;
        void this.#offer(() => commands.executeCommand('superstep.addTypes', folder.uri));
      }),
    );
  }

  async #offer(add: () => Thenable<unknown>): Promise<void> {
    const yes = 'Add Types';
    const never = 'Never Here';
    const chosen = await window.showInformationMessage(
      'TypeScript does not know the types of superstep here; graphs run nevertheless. Add the types to this folder?',
      yes,
      never,
    );
    if (chosen === yes) await add();
    if (chosen === never) await this.#state.update(STATE_KEY, true);
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

/** Whether TypeScript says that it does not find a package which ships with us. */
export function isMissing({ source, code, message }: Diagnostic): boolean {
  const number = typeof code === 'object' ? code.value : code;
  return source?.startsWith('ts') === true && NOT_FOUND.has(Number(number)) && OURS.test(message);
}

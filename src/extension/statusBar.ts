import { MarkdownString, StatusBarAlignment, window, type Disposable } from 'vscode';
import type { Activities } from './activities.ts';
import { DisposableStore } from './disposableStore.ts';

/** Milliseconds that pass before something shows: what is over sooner would only flicker. */
const SHOW_AFTER_MS = 150;

/** The status bar item that tells what goes on, and stops it on a click. */
export class StatusBar implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #activities: Activities;
  readonly #item = this.#owned.add(
    window.createStatusBarItem('superstep.activity', StatusBarAlignment.Left, 0),
  );
  #timer: NodeJS.Timeout | undefined;

  constructor(activities: Activities) {
    this.#activities = activities;
    this.#item.name = 'Superstep: Running Graphs';
    this.#item.command = 'superstep.stopRun';
    this.#owned.add(activities.onDidChange(() => this.#update()));
  }

  #update(): void {
    const { all } = this.#activities;
    if (all.length === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#item.hide();
      return;
    }
    const [first] = all;
    const text =
      all.length === 1 && first
        ? `superstep: ${first.title} ${first.state}`.trimEnd()
        : `superstep: ${all.length} graphs running`;
    this.#item.text = `$(sync~spin) ${plain(text)}`;
    this.#item.accessibilityInformation = { label: `${text}, select to stop` };
    const tooltip = new MarkdownString();
    for (const { title, state } of all) tooltip.appendText(`${title} ${state}\n`);
    this.#item.tooltip = tooltip.appendText('Click to stop');
    this.#timer ??= setTimeout(() => this.#item.show(), SHOW_AFTER_MS);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#owned.dispose();
  }
}

/** Names are the user's: `$(x)` in one must not become an icon. */
function plain(text: string): string {
  return text.replaceAll('$(', '$\u200b(');
}

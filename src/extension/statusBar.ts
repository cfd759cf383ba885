import { MarkdownString, StatusBarAlignment, window, type Disposable } from 'vscode';
import type { Activities } from './activities.ts';
import { DisposableStore } from './disposableStore.ts';

/** The status bar item that tells what goes on, and stops it on a click. */
export class StatusBar implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #activities: Activities;
  readonly #item = this.#owned.add(
    window.createStatusBarItem('superstep.activity', StatusBarAlignment.Left, 0),
  );

  constructor(activities: Activities) {
    this.#activities = activities;
    this.#item.name = 'Superstep: Running Graphs';
    this.#item.command = 'superstep.stopRun';
    this.#owned.add(activities.onDidChange(() => this.#update()));
  }

  #update(): void {
    const [first, ...others] = this.#activities.shown;
    if (!first) return this.#item.hide();
    const text =
      others.length === 0
        ? `superstep: ${first.title} ${first.state}`.trimEnd()
        : `superstep: ${others.length + 1} graphs running`;
    this.#item.text = `$(sync~spin) ${plain(text)}`;
    const canStop = [first, ...others].some(({ isStopping }) => !isStopping);
    this.#item.accessibilityInformation = { label: canStop ? `${text}, select to stop` : text };
    const tooltip = new MarkdownString();
    for (const { title, state } of [first, ...others]) tooltip.appendText(`${title} ${state}\n`);
    this.#item.tooltip = canStop ? tooltip.appendText('Click to stop') : tooltip;
    this.#item.show();
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

/** Names are the user's: `$(x)` in one must not become an icon. */
function plain(text: string): string {
  return text.replaceAll('$(', '$\u200b(');
}

import {
  MarkdownString,
  StatusBarAlignment,
  window,
  type Disposable,
  type StatusBarItem,
} from 'vscode';
import { describeWaiting } from '../../runner/report/formatWaiting.ts';
import type { Activities } from './activities.ts';
import { DisposableStore } from '../disposableStore.ts';
import type { RunViewModel } from './runViewModel.ts';
import type { WaitingRuns } from './waitingRuns.ts';

/** What goes on, which a click stops; and beside it what waits, which a click answers. */
export class StatusBar implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #activities: Activities;
  readonly #waits: WaitingRuns;
  readonly #running = this.#item('superstep.activity', 'Superstep: Running Graphs');
  readonly #waiting = this.#item('superstep.waiting', 'Superstep: Waiting Graphs');

  constructor(activities: Activities, waits: WaitingRuns) {
    this.#activities = activities;
    this.#waits = waits;
    this.#running.command = 'superstep.stopRun';
    this.#owned.add(activities.onDidChange(() => this.#showRunning()));
    this.#owned.add(waits.onDidChange(() => this.#showWaiting()));
    this.#showWaiting();
  }

  #item(id: string, name: string): StatusBarItem {
    const item = this.#owned.add(window.createStatusBarItem(id, StatusBarAlignment.Left, 0));
    item.name = name;
    return item;
  }

  #showRunning(): void {
    const item = this.#running;
    const all = this.#activities.shown;
    // Of what is only loaded, to be run or drawn, it is told where nothing runs.
    const running = all.filter(({ exportName }) => exportName !== undefined);
    const [first, ...others] = running.length > 0 ? running : all;
    if (!first) return item.hide();
    const text =
      others.length === 0
        ? `superstep: ${first.title} ${first.state}`.trimEnd()
        : `superstep: ${others.length + 1} graphs running`;
    item.text = `$(sync~spin) ${plain(text)}`;
    const canStop = all.some(({ isStopping }) => !isStopping);
    item.accessibilityInformation = { label: canStop ? `${text}, select to stop` : text };
    const tooltip = new MarkdownString();
    for (const { title, state } of all) tooltip.appendText(`${title} ${state}\n`);
    item.tooltip = canStop ? tooltip.appendText('Click to stop') : tooltip;
    item.show();
  }

  #showWaiting(): void {
    const item = this.#waiting;
    const all = this.#waits.all;
    const newest = all.at(-1);
    if (!newest) return item.hide();
    const text = all.length === 1 ? whatWaits(newest) : `${all.length} graphs wait`;
    item.text = `$(comment-discussion) ${plain(text)}`;
    item.accessibilityInformation = { label: `${text}, select to answer` };
    const tooltip = new MarkdownString();
    for (const run of all) {
      tooltip.appendText(`${whatWaits(run)}\n`);
      for (const line of describeWaiting(run.waiting!)) tooltip.appendText(`• ${line}\n`);
    }
    item.tooltip = tooltip.appendText('Click to answer');
    item.command = 'superstep.answerQuestion';
    item.show();
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

/** `hello waits for 2 answers`, `hello waits at a breakpoint`. */
function whatWaits({ title, waiting }: RunViewModel): string {
  const { questions } = waiting!;
  if (questions.length === 0) return `${title} waits at a breakpoint`;
  return `${title} waits for ${questions.length === 1 ? 'an answer' : `${questions.length} answers`}`;
}

/** Names are the user's: `$(x)` in one must not become an icon. */
function plain(text: string): string {
  return text.replaceAll('$(', '$\u200b(');
}

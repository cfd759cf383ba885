import type { NodeProgress, NodeStatus } from '../protocol/webviewMessages.ts';
import { STATUS_WORDS, describeProgress } from './words.ts';

/** Often enough to follow a run, seldom enough to be listened to. */
const PAUSE_MS = 1000;
/** More changes than this are told as numbers. */
const MAX_NAMED = 3;

/** Tells screen readers, politely and in summary, what changed. */
export class Announcer {
  readonly #region: HTMLElement;
  readonly #changed = new Map<string, string>();
  readonly #statuses = new Map<string, NodeStatus>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(region: HTMLElement) {
    this.#region = region;
  }

  /** Notes a node's progress; only a change of status is worth saying. */
  note(name: string, progress: NodeProgress): void {
    if (this.#statuses.get(progress.id) === progress.status) return;
    this.#statuses.set(progress.id, progress.status);
    this.#changed.set(progress.id, `${name}: ${describeProgress(progress)}`);
    this.#timer ??= setTimeout(() => this.#say(this.#summary()), PAUSE_MS);
  }

  /** Says something about the whole run, at once; what nodes did up to then comes with it. */
  say(text: string): void {
    this.#say([this.#summary(), text].filter((part) => part !== '').join('. '));
  }

  reset(): void {
    this.#changed.clear();
    this.#statuses.clear();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #say(text: string): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#changed.clear();
    this.#region.textContent = text;
  }

  #summary(): string {
    if (this.#changed.size <= MAX_NAMED) return [...this.#changed.values()].join('. ');
    const counts = new Map<NodeStatus, number>();
    for (const status of this.#statuses.values()) {
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
    return [...counts].map(([status, count]) => `${count} ${STATUS_WORDS[status]}`).join(', ');
  }
}

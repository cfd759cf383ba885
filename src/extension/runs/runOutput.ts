import { window, type Disposable } from 'vscode';
import { DisposableStore } from '../disposableStore.ts';

/** Lines are handed to the editor at most once in this many milliseconds. */
const FLUSH_MS = 50;

/** What one run writes. */
export interface OutputSection extends Disposable {
  /** Appends lines without line ends. */
  append(lines: readonly string[]): void;
}

/**
 * The output channel "Superstep". It is no log channel: the lines have their own clock times, to
 * the millisecond of the event, and a table under a column of levels could not be read. Lines are
 * collected, since each append is a message to the window: a node that prints 100,000 lines must
 * not send 100,000 of them.
 */
export class RunOutput implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #channel = this.#owned.add(window.createOutputChannel('Superstep', 'superstep-output'));
  readonly #sections = new Set<OutputSection>();
  #pending: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** Opens a section. From when another one is open too, each line begins with the section's title. */
  section(title: string): OutputSection {
    let isMixed = false;
    const section: OutputSection = {
      append: (lines) => {
        // To its end: lines without a title among others that have one would be nobody's.
        isMixed ||= this.#sections.size > 1;
        this.append(isMixed ? lines.map((line) => `${title} │ ${line}`) : lines);
      },
      dispose: () => void this.#sections.delete(section),
    };
    this.#sections.add(section);
    return section;
  }

  append(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#pending.push(lines.join('\n'));
    this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS);
  }

  /** Brings the channel to the front; the cursor stays where it is. */
  show(): void {
    this.#channel.show(true);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.length === 0) return;
    this.#channel.append(`${this.#pending.join('\n')}\n`);
    this.#pending = [];
  }

  dispose(): void {
    this.#flush();
    this.#owned.dispose();
  }
}

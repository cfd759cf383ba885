import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';

/** How long an attempt may take before the next one, in milliseconds. */
const ATTEMPT_MS = 10_000;

/** Tries a check until it succeeds; `what` names it if it never does. */
export type Until = <T>(check: () => T | Promise<T>, what: string) => Promise<Exclude<T, false>>;

/**
 * The one widget at the top of the window in which the editor asks: palette, pick lists, input
 * boxes, file dialogs. Each is the same elements with other contents, so nothing is typed or clicked
 * before the question that is meant stands there, and a click counts once its row has gone.
 */
export class QuickInput {
  readonly #page: Page;
  readonly #until: Until;

  constructor(page: Page, until: Until) {
    this.#page = page;
    this.#until = until;
  }

  /** Runs a command by the palette. `title` is as shown there, `Category: Title`. */
  async palette(title: string): Promise<void> {
    const row = this.#row(title);
    await this.#until(async () => {
      // Right after the start, contributed commands can be missing: ask again.
      await this.#page.keyboard.press('Escape');
      await this.#page.keyboard.press('F1');
      await this.#box.fill(`>${title}`, { timeout: ATTEMPT_MS });
      await row.waitFor({ timeout: ATTEMPT_MS });
    }, `command "${title}" in the palette`);
    await this.press(row, `command "${title}" in the palette`);
  }

  /** Chooses the row with this label in the open pick list (or file dialog). */
  async pick(label: string): Promise<void> {
    await this.press(this.#row(label), `"${label}" in a pick list`);
  }

  /** The labels in the pick list as it is at present, details included; none if it is not open. */
  async labels(): Promise<string[]> {
    const labels = await this.#page
      .locator('.quick-input-widget:visible .monaco-list-row .label-name')
      .allInnerTexts();
    return labels.map((label) => label.trim());
  }

  /** Title and message of what is asked at present; empty if nothing is. */
  async prompt(): Promise<{ title: string; message: string }> {
    const [title = '', message = ''] = await Promise.all(
      ['.quick-input-title', '.quick-input-message'].map(async (part) => {
        const texts = await this.#page
          .locator(`.quick-input-widget:visible ${part}`)
          .allInnerTexts();
        return texts.join(' ');
      }),
    );
    return { title, message };
  }

  /** Waits until this is asked: a part of the title or the message. */
  async asked(question: string): Promise<void> {
    await this.#until(async () => {
      const { title, message } = await this.prompt();
      assert.ok(`${title}\n${message}`.includes(question), `asked: ${title} / ${message}`);
    }, `question "${question}"`);
  }

  /** Types into the box that asks this, and confirms. */
  async answer(question: string, text: string): Promise<void> {
    await this.asked(question);
    await this.#until(() => this.enter(text), `box that asks "${question}"`);
  }

  /** Types into whatever is open at present, and confirms. */
  async enter(text: string): Promise<void> {
    await this.#box.fill(text, { timeout: ATTEMPT_MS });
    assert.equal(await this.value(), text);
    await this.#box.press('Enter', { timeout: ATTEMPT_MS });
  }

  /** Reads what stands in the box. */
  async value(): Promise<string> {
    return this.#box.inputValue({ timeout: ATTEMPT_MS });
  }

  /** Confirms what is proposed. */
  async confirm(): Promise<void> {
    await this.#until(() => this.#box.press('Enter', { timeout: ATTEMPT_MS }), 'open question');
  }

  /** Clicks on something that goes when it has taken the click: what has just come may not yet. */
  async press(target: Locator, what: string): Promise<void> {
    let wasThere = false;
    await this.#until(async () => {
      if (wasThere && !(await target.isVisible())) return;
      await target.waitFor({ timeout: ATTEMPT_MS });
      wasThere = true;
      // On a busy machine a click may have its effect and be said to have come too late.
      await target.click({ timeout: ATTEMPT_MS }).catch(() => undefined);
      await target.waitFor({ state: 'hidden', timeout: ATTEMPT_MS });
    }, what);
  }

  get #box(): Locator {
    return this.#page.locator('.quick-input-widget:visible input:is([type=text], [type=password])');
  }

  #row(label: string): Locator {
    return this.#page
      .locator('.quick-input-widget:visible .monaco-list-row')
      .filter({ has: this.#page.locator('.label-name', { hasText: exactly(label) }) })
      .first();
  }
}

/** Matches an element whose whole text is this one, whatever its white space. */
export function exactly(text: string): RegExp {
  const escaped = text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&').replace(/\s+/g, '\\s+');
  return new RegExp(`^\\s*${escaped}\\s*$`);
}

import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import type { HelperLink } from './helperLink.ts';
import {
  editDocument,
  readActiveEditor,
  readProblems,
  showDocument,
  type ShownEditor,
  type ShownProblem,
} from './insideHost.ts';
import { outputDir } from './install.ts';
import { exactly, QuickInput } from './quickInput.ts';
import { readOutput } from './readOutput.ts';
import { PATIENCE_MS, retry } from './retry.ts';
import type { CodeServer } from './server.ts';

/**
 * A VS Code that a test drives as a user does, by what stands on the screen. Everything there comes
 * when it comes, so what a test expects it asks for by `until`, and what it names it gets once that
 * is there. A method that only reads says so; it belongs into an `until`.
 */
export class HostedCode {
  readonly page: Page;
  readonly port: number;
  readonly userDataDir: string;
  /** Palette, pick lists, input boxes. */
  readonly quickInput: QuickInput;
  /** What a content security policy has kept pages and webviews from doing, in the browser's words. */
  readonly violations: string[] = [];
  /** Runs a function in the extension host: see {@link HelperLink.evaluate}. */
  readonly evaluate: HelperLink['evaluate'];
  readonly #server: CodeServer;
  readonly #link: HelperLink;
  readonly #browser: Browser;

  constructor(page: Page, server: CodeServer, link: HelperLink, browser: Browser) {
    this.page = page;
    this.port = server.port;
    this.userDataDir = server.userDataDir;
    this.quickInput = new QuickInput(page, (check, what) => this.until(check, what));
    this.evaluate = (work, ...args) => link.evaluate(work, ...args);
    this.#server = server;
    this.#link = link;
    this.#browser = browser;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) this.violations.push(message.text());
    });
  }

  /**
   * Tries a check, assertions for example, until it neither throws nor answers `false`: see
   * {@link retry}. If that never comes, a picture and the logs of that moment are kept.
   * @param what Names what was waited for.
   */
  async until<T>(
    check: () => T | Promise<T>,
    what = 'what was expected',
  ): Promise<Exclude<T, false>> {
    try {
      return await retry(check);
    } catch (cause) {
      const name = `missing-${what.replace(/[^\w]+/g, '-').slice(0, 60)}-${Date.now()}`;
      await this.screenshot(name).catch(() => undefined);
      // What the editor had to complain of may say why.
      await this.command('notifications.showList').catch(() => undefined);
      await this.screenshot(`${name}-notifications`).catch(() => undefined);
      const logs = join(this.userDataDir, 'logs');
      if (existsSync(logs)) cpSync(logs, join(outputDir, `${name}-logs`), { recursive: true });
      throw new Error(`There was no ${what}; see test/output/${name}.png`, { cause });
    }
  }

  /** Waits until the editor is drawn and the extension host answers. */
  async whenReady(): Promise<void> {
    const item = this.page.locator('.part.statusbar .statusbar-item').first();
    await this.until(() => item.isVisible(), 'the workbench');
    await this.until(() => this.#link.connected(), 'the extension host');
  }

  /** Reloads the page; a new extension host starts. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.whenReady();
  }

  /** Runs a command by the palette. `title` is as shown there, `Category: Title`. */
  async palette(title: string): Promise<void> {
    await this.quickInput.palette(title);
  }

  /** Chooses the row with this label in the open pick list (or file dialog). */
  async pick(label: string): Promise<void> {
    await this.quickInput.pick(label);
  }

  /** Shows a file in the active editor. `line1` counts from 1. */
  async open(path: string, options: { line1?: number } = {}): Promise<void> {
    const line1 = options.line1 ?? 1;
    await this.until(
      async () => {
        await this.evaluate(showDocument, path, line1);
        const active = await this.activeEditor();
        assert.deepEqual([active?.path, active?.line1], [path, line1]);
      },
      `file ${basename(path)} in an editor`,
    );
  }

  /** Reads what the active editor shows, and where its cursor is (from 1). */
  async activeEditor(): Promise<ShownEditor | undefined> {
    return this.evaluate(readActiveEditor);
  }

  /**
   * Gives a document another text without saving it.
   * @param place Absolute path, or a URI.
   */
  async edit(place: string, text: string): Promise<void> {
    await this.until(() => this.evaluate(editDocument, place, text, false), `edit of ${place}`);
  }

  /** Gives a document another text, as a user does who saves at once. */
  async save(place: string, text: string): Promise<void> {
    await this.until(() => this.evaluate(editDocument, place, text, true), `saving of ${place}`);
  }

  /** Reads whether an open document has unsaved edits. */
  async isDirty(path: string): Promise<boolean> {
    return this.evaluate(
      (code, file) =>
        code.workspace.textDocuments.some(
          ({ uri, isDirty }) => uri.fsPath === code.Uri.file(file).fsPath && isDirty,
        ),
      path,
    );
  }

  /** Reads the labels of all tabs, by column. */
  async tabs(): Promise<string[][]> {
    return this.evaluate((code) =>
      code.window.tabGroups.all.map(({ tabs }) => tabs.map(({ label }) => label)),
    );
  }

  /** The lens with this text, the `nth` of them (from 0), once it stands still. */
  async codeLens(text: string, options: { nth?: number } = {}): Promise<Locator> {
    const lens = this.page
      .locator('.codelens-decoration a')
      .filter({ hasText: exactly(text) })
      .nth(options.nth ?? 0);
    let before: unknown;
    await this.until(async () => {
      const box = await lens.boundingBox({ timeout: 1000 });
      const isStill = box !== null && JSON.stringify(box) === before;
      before = JSON.stringify(box);
      return isStill;
    }, `lens "${text}"`);
    return lens;
  }

  /** The toast that contains this text. */
  async notification(text: string): Promise<Locator> {
    const toast = this.page
      .locator('.notifications-toasts .notification-list-item')
      .filter({ hasText: text })
      .first();
    await this.until(() => toast.isVisible(), `notification "${text}"`);
    return toast;
  }

  /** Presses a button of the toast that contains this text; the toast goes. */
  async answerNotification(text: string, button: string): Promise<void> {
    const toast = await this.notification(text);
    const what = `button "${button}" in the notification "${text}"`;
    await this.press(toast.getByRole('button', { name: button }), what);
  }

  /** Clicks on something that goes when it has taken the click. */
  async press(target: Locator, what: string): Promise<void> {
    await this.quickInput.press(target, what);
  }

  /** The status bar item that contains this text. */
  async statusBar(text: string): Promise<Locator> {
    const item = this.page
      .locator('.part.statusbar .statusbar-item')
      .filter({ hasText: text })
      .first();
    await this.until(() => item.isVisible(), `status bar item "${text}"`);
    return item;
  }

  /** Reads what an output channel has received: see {@link readOutput}. */
  outputText(channel: string): string {
    return readOutput(this.userDataDir, channel);
  }

  /** Waits until the whole text of a channel matches, and returns it. */
  async outputMatching(channel: string, pattern: RegExp): Promise<string> {
    return this.until(
      () => {
        const text = this.outputText(channel);
        assert.match(text, pattern);
        return text;
      },
      `${String(pattern)} in the output channel "${channel}"`,
    );
  }

  /** Reads every problem the editor knows, as the Problems panel would list them. */
  async problems(): Promise<ShownProblem[]> {
    return this.evaluate(readProblems);
  }

  /** Opens the Problems panel and reads the texts of its rows. */
  async problemRows(): Promise<string[]> {
    await this.command('workbench.panel.markers.view.focus');
    return this.page.locator('.markers-panel .monaco-list-row').allInnerTexts();
  }

  /** Runs a command by its id. Its result is dropped. */
  async command(id: string, ...args: unknown[]): Promise<void> {
    await this.evaluate(
      async (code, name, list) => void (await code.commands.executeCommand(name, ...list)),
      id,
      args,
    );
  }

  /** The first visible element that matches, in whichever webview has it. */
  async webview(selector: string): Promise<Locator> {
    return this.until(async () => {
      const frames = this.page.locator('iframe.webview.ready');
      for (let index = (await frames.count()) - 1; index >= 0; index--) {
        const found = frames
          .nth(index)
          .contentFrame()
          .frameLocator('iframe#active-frame')
          .locator(selector)
          .first();
        if (await found.isVisible().catch(() => false)) return found;
      }
      return false;
    }, `"${selector}" in a webview`);
  }

  /** Chooses a colour theme, for example `Default Light Modern`. */
  async theme(name: string): Promise<void> {
    await this.evaluate(async (code, theme) => {
      await code.workspace
        .getConfiguration('workbench')
        .update('colorTheme', theme, code.ConfigurationTarget.Global);
    }, name);
  }

  /** Grants trust to the open folder, as a user does. */
  async grantTrust(): Promise<void> {
    await this.palette('Workspaces: Manage Workspace Trust');
    const button = this.page
      .locator('.workspace-trust-editor .monaco-button')
      .filter({ hasText: exactly('Trust') });
    await this.press(button, 'Trust button');
  }

  /** Takes the trust of the open folder back, as a user does; a new extension host starts. */
  async revokeTrust(): Promise<void> {
    await this.palette('Workspaces: Manage Workspace Trust');
    const row = this.page.locator('.workspace-trust-editor .monaco-table .monaco-list-row').first();
    await row.hover();
    await this.press(row.locator('.action-label').last(), 'Delete button');
    const item = this.page.locator('.statusbar-item', { hasText: 'Restricted Mode' });
    await this.until(() => item.isVisible(), 'the end of trust');
    await this.reload();
  }

  /** Saves a picture of the whole window as `test/output/NAME.png` and returns its path. */
  async screenshot(name: string): Promise<string> {
    const path = join(outputDir, `${name}.png`);
    mkdirSync(outputDir, { recursive: true });
    await this.page.screenshot({ path });
    return path;
  }

  /** Ends browser and server and removes their data. */
  async close(): Promise<void> {
    this.#link.close();
    await this.#browser.close();
    this.#server.stop();
  }
}

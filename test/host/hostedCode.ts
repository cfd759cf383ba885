import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import type * as vscode from 'vscode';
import { launchBrowser } from './browser.ts';
import { openHelperLink, type HelperLink } from './helperLink.ts';
import { root } from './install.ts';
import { exactly, QuickInput } from './quickInput.ts';
import { PATIENCE_MS, retry } from './retry.ts';
import { startServer, type CodeServer, type ServerOptions } from './server.ts';

export interface HostOptions extends Omit<ServerOptions, 'vsix' | 'dataDir'> {
  /** Absolute path of the folder to open. */
  readonly folder?: string;
  /** Absolute path of a `.code-workspace` to open instead. */
  readonly workspaceFile?: string;
  /** Folders of extensions to load from source. These are active in restricted mode in any case. */
  readonly extensionDevelopmentPath?: string | readonly string[];
  /** A packaged extension to install. */
  readonly vsix?: string;
  /** Default 1400 × 900. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Absolute path of a file to show at the start. */
  readonly openFile?: string;
}

/** One row of `problems()`. Lines and columns count from 1. */
export interface ShownProblem {
  readonly file: string;
  readonly line1: number;
  readonly column1: number;
  readonly severity: 'error' | 'warning' | 'information' | 'hint';
  readonly message: string;
  readonly source?: string;
}

/** What `activeEditor()` tells of. */
export interface ShownEditor {
  readonly uri: string;
  readonly path: string;
  readonly text: string;
  readonly isDirty: boolean;
  /** Of the cursor, from 1. */
  readonly line1: number;
}

/** Where screenshots and the logs of failed waits go (git-ignored). */
export const outputDir = join(root, 'test/output');

/**
 * Opens a VS Code in a browser for a test to drive. One costs some 6 s and 1 GB, so keep one for a
 * test file, and no two at a time. Whoever opens it closes it; it ends with this process at latest.
 */
export async function openHost(options: HostOptions): Promise<HostedCode> {
  const link = await openHelperLink();
  let server: CodeServer | undefined;
  let browser: Browser | undefined;
  try {
    server = await startServer({
      ...options,
      env: { ...options.env, ...link.env },
      vsix: options.vsix ? [options.vsix] : [],
      extensions: [join(import.meta.dirname, 'helper')],
    });
    browser = await launchBrowser();
    const page = await browser.newPage({
      viewport: options.viewport ?? { width: 1400, height: 900 },
    });
    const host = new HostedCode(page, server, link, browser);
    const development = [options.extensionDevelopmentPath ?? []].flat();
    await developExtensions(page, server, development);
    await page.goto(pageAddress(server, options));
    await host.whenReady();
    return host;
  } catch (error) {
    await browser?.close();
    server?.stop();
    link.close();
    throw error;
  }
}

/** The address of the page that shows a folder or a workspace. */
export function pageAddress(
  server: CodeServer,
  options: {
    readonly folder?: string;
    readonly workspaceFile?: string;
    readonly openFile?: string;
  },
): string {
  const address = new URL(server.url);
  if (options.workspaceFile) address.searchParams.set('workspace', options.workspaceFile);
  else if (options.folder) address.searchParams.set('folder', options.folder);
  else address.searchParams.set('ew', 'true');
  const payload = [
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ];
  if (options.openFile) {
    const path = options.openFile.split('/').map(encodeURIComponent).join('/');
    payload.push(['openFile', `vscode-remote://127.0.0.1:${server.port}${path}`]);
  }
  address.searchParams.set('payload', JSON.stringify(payload));
  return address.href;
}

/** Makes a page load extensions from source, and a test module inside them if one is named. */
export async function developExtensions(
  page: Page,
  server: CodeServer,
  extensions: readonly string[],
  extensionTestsPath?: string,
): Promise<void> {
  if (extensions.length === 0) return;
  const developmentOptions = {
    extensions: extensions.map((path) => server.uri(path)),
    ...(extensionTestsPath ? { extensionTestsPath: server.uri(extensionTestsPath) } : {}),
  };
  // The workbench reads its configuration from an attribute of the page. Rewriting the page on its
  // way would make Chromium refuse the connection to the server.
  await page.addInitScript((added) => {
    const { prototype } = (globalThis as any).Element;
    const real = prototype.getAttribute;
    prototype.getAttribute = function (name: string) {
      const value = real.call(this, name);
      return value !== null &&
        name === 'data-settings' &&
        this.id === 'vscode-workbench-web-configuration'
        ? JSON.stringify({ ...JSON.parse(value), developmentOptions: added })
        : value;
    };
  }, developmentOptions);
}

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
        await this.evaluate(
          async (code, file, line) => {
            const at = new code.Position(line - 1, 0);
            const document = await code.workspace.openTextDocument(code.Uri.file(file));
            const selection = new code.Range(at, at);
            await code.window.showTextDocument(document, { selection, preview: false });
          },
          path,
          line1,
        );
        const active = await this.activeEditor();
        assert.deepEqual([active?.path, active?.line1], [path, line1]);
      },
      `file ${basename(path)} in an editor`,
    );
  }

  /** Reads what the active editor shows, and where its cursor is (from 1). */
  async activeEditor(): Promise<ShownEditor | undefined> {
    return this.evaluate((code) => {
      const editor = code.window.activeTextEditor;
      if (!editor) return undefined;
      const { document, selection } = editor;
      return {
        uri: document.uri.toString(),
        path: document.fileName,
        text: document.getText(),
        isDirty: document.isDirty,
        line1: selection.active.line + 1,
      };
    });
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

  /**
   * Reads all that an output channel has received in this window, newest extension host only; empty
   * if there is no such channel yet. Lines of a log channel begin with time and level.
   */
  outputText(channel: string): string {
    const logs = join(this.userDataDir, 'logs');
    if (!existsSync(logs)) return '';
    const isChannel = (path: string) =>
      path.includes('exthost') && basename(path).replace(/^\d+-/, '') === `${channel}.log`;
    const newest = readdirSync(logs, { recursive: true, encoding: 'utf8' })
      .filter(isChannel)
      .map((path) => join(logs, path))
      .sort((a, b) => statSync(b).birthtimeMs - statSync(a).birthtimeMs)[0];
    return newest === undefined ? '' : readFileSync(newest, 'utf8');
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
    return this.evaluate((code) =>
      code.languages.getDiagnostics().flatMap(([uri, found]) =>
        found.map(({ range, severity, message, source }) => ({
          file: uri.path,
          line1: range.start.line + 1,
          column1: range.start.character + 1,
          severity: (['error', 'warning', 'information', 'hint'] as const)[severity] ?? 'error',
          message,
          ...(source === undefined ? {} : { source }),
        })),
      ),
    );
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

/** Runs in the extension host. */
async function editDocument(
  code: typeof vscode,
  place: string,
  text: string,
  isSaved: boolean,
): Promise<void> {
  const uri = /^[\w-]{2,}:/.test(place) ? code.Uri.parse(place) : code.Uri.file(place);
  const document = await code.workspace.openTextDocument(uri);
  if (document.getText() !== text) {
    const edit = new code.WorkspaceEdit();
    edit.replace(uri, new code.Range(0, 0, document.lineCount, 0), text);
    if (!(await code.workspace.applyEdit(edit))) throw new Error('The edit was refused');
  }
  if (isSaved && document.isDirty && !(await document.save())) throw new Error('It was not saved');
  if (document.getText() !== text) throw new Error('The document has another text');
}

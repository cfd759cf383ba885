import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { openHelperLink, type HelperLink } from './helperLink.ts';
import { root } from './install.ts';
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

/** Where screenshots and the logs of failed waits go (git-ignored). */
export const outputDir = join(root, 'test/output');

/** Longest that anything in the editor may take to appear. */
const waitMs = 30_000;

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

/** A VS Code that a test drives as a user does, by what stands on the screen. */
export class HostedCode {
  readonly page: Page;
  readonly port: number;
  readonly userDataDir: string;
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
    this.evaluate = (work, ...args) => link.evaluate(work, ...args);
    this.#server = server;
    this.#link = link;
    this.#browser = browser;
    page.setDefaultTimeout(waitMs);
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) this.violations.push(message.text());
    });
  }

  /** Waits until the editor is drawn and the extension host answers. */
  async whenReady(): Promise<void> {
    await this.#shown('the workbench', async () => {
      await this.page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
      await this.page
        .locator('.part.statusbar .statusbar-item')
        .first()
        .waitFor({ timeout: 60_000 });
      await within(60_000, 'the extension host', this.#link.connected());
    });
  }

  /** Reloads the page; a new extension host starts. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.whenReady();
  }

  /** Runs a command by the palette. `title` is as shown there, `Category: Title`. */
  async palette(title: string): Promise<void> {
    await this.#shown(`command "${title}" in the palette`, async () => {
      // Right after the start, contributed commands can be missing: ask again.
      for (let attempt = 1; ; attempt++) {
        await this.page.keyboard.press('F1');
        await this.#quickInput.fill(`>${title}`);
        const row = this.#quickRow(title);
        const found = await row.waitFor({ timeout: attempt < 4 ? 2000 : waitMs }).then(
          () => true,
          (error: unknown) => {
            if (attempt >= 4) throw error;
            return false;
          },
        );
        if (found) return await row.click();
        await this.page.keyboard.press('Escape');
      }
    });
  }

  /** Chooses the row with this label in the open pick list (or file dialog). */
  async pick(label: string): Promise<void> {
    await this.#shown(`"${label}" in a pick list`, () => this.#quickRow(label).click());
  }

  /** The labels in the open pick list. */
  async picks(): Promise<string[]> {
    return this.#shown('a pick list', async () => {
      const labels = this.page.locator('.quick-input-list .monaco-list-row .label-name');
      await labels.first().waitFor();
      return labels.allInnerTexts();
    });
  }

  /** Types into the open input box and confirms. */
  async type(text: string): Promise<void> {
    await this.#shown('an input box', async () => {
      await this.#quickInput.fill(text);
      await this.page.keyboard.press('Enter');
    });
  }

  /** Title and message of the open input box or pick list. */
  async prompt(): Promise<{ title: string; message: string }> {
    return this.#shown('an input box', async () => {
      await this.#quickInput.waitFor();
      return {
        title: await this.page.locator('.quick-input-title').innerText(),
        message: await this.page.locator('.quick-input-message').innerText(),
      };
    });
  }

  /** Shows a file in an editor. `line1` counts from 1. */
  async open(path: string, options: { line1?: number } = {}): Promise<void> {
    await this.evaluate(
      async (code, file, line1) => {
        const at = new code.Position(line1 - 1, 0);
        const document = await code.workspace.openTextDocument(code.Uri.file(file));
        await code.window.showTextDocument(document, {
          selection: new code.Range(at, at),
          preview: false,
        });
      },
      path,
      options.line1 ?? 1,
    );
  }

  /** The lens with this text, the `nth` of them (from 0), as a locator that is visible. */
  async codeLens(text: string, options: { nth?: number } = {}): Promise<Locator> {
    const lens = this.page
      .locator('.codelens-decoration a')
      .filter({ hasText: exactly(text) })
      .nth(options.nth ?? 0);
    await this.#shown(`lens "${text}"`, () => lens.waitFor());
    return lens;
  }

  /** The toast that contains this text. Its buttons: `.getByRole('button', { name })`. */
  async notification(text: string): Promise<Locator> {
    const toast = this.page
      .locator('.notifications-toasts .notification-list-item')
      .filter({ hasText: text })
      .first();
    await this.#shown(`notification "${text}"`, () => toast.waitFor());
    return toast;
  }

  /** Presses a button of the open modal message. */
  async dialogButton(name: string): Promise<void> {
    const button = this.page
      .locator('.monaco-dialog-box .dialog-buttons .monaco-button')
      .filter({ hasText: exactly(name) });
    await this.#shown(`button "${name}" in a dialog`, () => button.click());
  }

  /** The status bar item that contains this text. */
  async statusBar(text: string): Promise<Locator> {
    const item = this.page
      .locator('.part.statusbar .statusbar-item')
      .filter({ hasText: text })
      .first();
    await this.#shown(`status bar item "${text}"`, () => item.waitFor());
    return item;
  }

  /**
   * All that an output channel has received in this window, newest extension host only; empty if
   * there is no such channel yet. Lines of a log channel begin with time and level.
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
  async outputMatching(channel: string, pattern: RegExp, timeoutMs = waitMs): Promise<string> {
    return this.#shown(`${String(pattern)} in the output channel "${channel}"`, () =>
      this.until(() => {
        const text = this.outputText(channel);
        return pattern.test(text) ? text : undefined;
      }, timeoutMs),
    );
  }

  /** The lines of the Output view that are on the screen, for the channel shown there. */
  async outputView(): Promise<string[]> {
    const lines = this.page.locator('.part.panel .output-view .view-line');
    return this.#shown('the Output view', async () => {
      await lines.first().waitFor();
      const placed = await lines.evaluateAll((elements) =>
        elements.map((element: any) => ({
          top: parseFloat(element.style.top),
          text: (element.textContent ?? '').replaceAll('\u00a0', ' '),
        })),
      );
      return placed.sort((a, b) => a.top - b.top).map(({ text }) => text);
    });
  }

  /** Every problem the editor knows, as the Problems panel would list them. */
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

  /** Opens the Problems panel and returns the texts of its rows. */
  async problemRows(): Promise<string[]> {
    await this.command('workbench.panel.markers.view.focus');
    const rows = this.page.locator('.markers-panel .monaco-list-row');
    return this.#shown('rows in the Problems panel', async () => {
      await rows.first().waitFor();
      return rows.allInnerTexts();
    });
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
    return this.#shown(`"${selector}" in a webview`, () =>
      this.until(async () => {
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
        return undefined;
      }),
    );
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
    await this.#shown('the Trust button', () => button.click());
  }

  /** Asks again and again until there is an answer that is not undefined, null or false. */
  async until<T>(
    ask: () => T | undefined | null | false | Promise<T | undefined | null | false>,
    timeoutMs = waitMs,
  ): Promise<T> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const answer = await ask();
      if (answer !== undefined && answer !== null && answer !== false) return answer;
      if (performance.now() > end) throw new Error(`Nothing within ${timeoutMs / 1000} s`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
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

  get #quickInput(): Locator {
    return this.page.locator('.quick-input-widget input[type=text]');
  }

  #quickRow(label: string): Locator {
    return this.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ has: this.page.locator('.label-name', { hasText: exactly(label) }) })
      .first();
  }

  /** Names what was waited for if it does not come, and keeps picture and logs of that moment. */
  async #shown<T>(what: string, wait: () => Promise<T>): Promise<T> {
    try {
      return await wait();
    } catch (cause) {
      const name = `missing-${what.replace(/[^\w]+/g, '-').slice(0, 60)}-${Date.now()}`;
      await this.screenshot(name).catch(() => undefined);
      const logs = join(this.userDataDir, 'logs');
      if (existsSync(logs)) cpSync(logs, join(outputDir, `${name}-logs`), { recursive: true });
      throw new Error(`There was no ${what}; see test/output/${name}.png`, { cause });
    }
  }
}

/** Matches an element whose whole text is this one, whatever its white space. */
function exactly(text: string): RegExp {
  const escaped = text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&').replace(/\s+/g, '\\s+');
  return new RegExp(`^\\s*${escaped}\\s*$`);
}

async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No ${what} within ${ms / 1000} s`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

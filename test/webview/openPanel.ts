import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { panelHtml } from '../../src/protocol/panelHtml.ts';
import type { FromWebview, ToWebview } from '../../src/protocol/webviewMessages.ts';
import { themes, type ThemeName } from './page/themes.ts';
import { newContext, panelSite } from './panelSite.ts';

export interface PanelOptions {
  /** Default `dark`. */
  readonly theme?: ThemeName;
  readonly size?: { readonly width: number; readonly height: number };
  readonly reducedMotion?: boolean;
  /** In a context of its own, where everything is loaded as if for the first time: to measure it. */
  readonly isCold?: boolean;
  /** What `getState` returns. */
  readonly state?: unknown;
  /** Sent at once when the panel says `ready`, as an extension would. */
  readonly answerReady?: ToWebview;
}

/** The panel's page in a browser, with a host that is the test. */
export interface Panel {
  readonly page: Page;
  /** Everything the page tried to fetch beyond its own three files. */
  readonly requests: readonly string[];
  /** Errors of the page and violations of its policy. */
  readonly faults: readonly string[];
  send(...messages: unknown[]): Promise<void>;
  /** All that the panel has posted, in order. */
  posted(): Promise<FromWebview[]>;
  /** Waits for the first posted message that fits. */
  waitFor<T extends FromWebview['type']>(
    type: T,
    fields?: object,
  ): Promise<Extract<FromWebview, { type: T }>>;
  /** Sends a graph and waits until it is drawn. */
  draw(message: Extract<ToWebview, { type: 'graph' }>): Promise<void>;
  setTheme(theme: ThemeName): Promise<void>;
  /** What the panel last gave to `setState`. */
  state(): Promise<unknown>;
  close(): Promise<void>;
}

/** Opens the page that the extension shows, with the script that the build made. */
export async function openPanel(browser: Browser, options: PanelOptions = {}): Promise<Panel> {
  const { theme = 'dark', size = { width: 720, height: 640 }, reducedMotion = false } = options;
  const site = await panelSite(browser);
  const served = site.add(themed(panelPage(site.origin), theme));
  const context = options.isCold ? await newContext(browser) : site.context;
  const page = await context.newPage();
  await page.setViewportSize(size);
  await page.emulateMedia({ reducedMotion: reducedMotion ? 'reduce' : 'no-preference' });
  const own = [served.url, `${site.origin}/webview.js`, `${site.origin}/panel.css`];
  const requests: string[] = [];
  const faults: string[] = [];
  page.on('request', (request) => {
    // Its worker is made of its own script.
    const isOwn = own.includes(request.url()) || request.url().startsWith(`blob:${site.origin}/`);
    if (!isOwn) requests.push(request.url());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.exposeFunction('noteFault', (text: string) => faults.push(text));
  await page.addInitScript(fakeHost, { state: options.state, answer: options.answerReady });
  await page.goto(served.url);

  const posted = () => page.evaluate(() => (globalThis as any).posted as FromWebview[]);
  const panel: Panel = {
    page,
    requests,
    faults,
    posted,
    async send(...messages) {
      await page.evaluate((all) => {
        for (const message of all) (globalThis as any).postMessage(message, '*');
        return new Promise((resolve) => setTimeout(resolve));
      }, messages);
    },
    async waitFor(type, fields = {}) {
      const wanted = { type, ...fields };
      const handle = await page.waitForFunction((fits) => {
        const entries = Object.entries(fits);
        return ((globalThis as any).posted as Record<string, unknown>[]).find((message) =>
          entries.every(([key, value]) => message[key] === value),
        );
      }, wanted);
      return (await handle.jsonValue()) as any;
    },
    async draw(message) {
      await panel.send(message);
      await panel.waitFor('drawn', { revision: message.revision });
    },
    async setTheme(name) {
      const { bodyClass, variables } = themes[name];
      await page.evaluate(
        ([className, style]) => {
          const { document } = globalThis as any;
          document.documentElement.setAttribute('style', style);
          for (const name of [...document.body.classList]) {
            if (name.startsWith('vscode-')) document.body.classList.remove(name);
          }
          document.body.classList.add(...className.split(' '));
        },
        [bodyClass, toStyle(variables)] as const,
      );
    },
    state: () => page.evaluate(() => (globalThis as any).savedState as unknown),
    async close() {
      served.remove();
      await (options.isCold ? context : page).close();
    },
  };
  return panel;
}

function panelPage(origin: string): string {
  return panelHtml({
    title: 'my.graph.ts',
    nonce: 'n0nce',
    cspSource: origin,
    scriptUri: `${origin}/webview.js`,
    styleUri: `${origin}/panel.css`,
  });
}

/** Variables and body class stand where the editor puts them. */
function themed(html: string, theme: ThemeName): string {
  const { bodyClass, variables } = themes[theme];
  return html
    .replace('<html ', `<html style="${toStyle(variables).replaceAll('"', '&quot;')}" `)
    .replace('<body>', `<body class="${bodyClass}">`);
}

function toStyle(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}: ${value}`)
    .join('; ');
}

/** Runs in the page, before its own script. */
function fakeHost({ state, answer }: { state: unknown; answer: unknown }): void {
  const scope = globalThis as any;
  scope.posted = [];
  scope.savedState = state;
  scope.acquireVsCodeApi = () => ({
    postMessage: (message: FromWebview) => {
      scope.posted.push(structuredClone(message));
      if (message.type === 'drawn') scope.drawnAt ??= performance.now();
      if (message.type === 'ready' && answer) scope.postMessage(answer, '*');
    },
    getState: () => scope.savedState,
    setState: (value: unknown) => (scope.savedState = structuredClone(value)),
  });
  scope.document.addEventListener('securitypolicyviolation', (event: any) => {
    scope.noteFault(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
  });
}

/**
 * Runs a test's body on a panel of its own, closes it, and fails on what no page may do: throw,
 * break its policy, or ask for anything beyond its own files.
 */
export async function withPanel(
  browser: Browser,
  options: PanelOptions,
  body: (panel: Panel) => Promise<void>,
): Promise<void> {
  const panel = await openPanel(browser, options);
  try {
    await body(panel);
    assert.deepEqual(panel.faults, [], 'errors and policy violations of the page');
    assert.deepEqual(panel.requests, [], 'requests beyond the own files');
  } finally {
    await panel.close();
  }
}

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, BrowserContext } from 'playwright-core';
import { webviewBuild } from '../../src/webview/esbuild.js';
import { root } from '../host/install.ts';
import { bringFonts } from '../host/ownFonts.ts';
import { PATIENCE_MS } from '../host/retry.ts';

/** Where panels get their page, script and styles from. */
export interface PanelSite {
  /** Without a slash at its end; serves `/webview.js` and `/panel.css`. */
  readonly origin: string;
  /**
   * Keeps what pages have loaded and compiled: of a panel's time to open, its script's two megabytes
   * were nine tenths.
   */
  readonly context: BrowserContext;
  /** Serves a page. `remove` ends that. */
  add(html: string): { readonly url: string; remove(): void };
}

const sites = new WeakMap<Browser, Promise<PanelSite>>();

/** The site of all panels in this browser. It ends with the browser. */
export function panelSite(browser: Browser): Promise<PanelSite> {
  const known = sites.get(browser);
  if (known) return known;
  const site = openSite(browser);
  sites.set(browser, site);
  return site;
}

async function openSite(browser: Browser): Promise<PanelSite> {
  const pages = new Map<string, string>();
  const [script, styles] = await Promise.all([
    builtScript(),
    readFile(join(root, 'media/panel.css'), 'utf8'),
  ]);
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const send = (type: string, text: string, cacheControl: string) =>
      response
        .setHeader('content-type', `${type}; charset=utf-8`)
        .setHeader('cache-control', cacheControl)
        .end(text);
    const html = pages.get(path);
    if (html !== undefined) send('text/html', html, 'no-store');
    else if (path === '/webview.js') send('text/javascript', script, 'max-age=3600');
    else if (path === '/panel.css') send('text/css', styles, 'max-age=3600');
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser.once('disconnected', () => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let count = 0;
  const site: PanelSite = {
    origin,
    context: await newContext(browser),
    add(html) {
      const path = `/${++count}`;
      pages.set(path, html);
      return { url: origin + path, remove: () => pages.delete(path) };
    },
  };
  // As long as a page of the site is open, the process lives that has compiled the script.
  const keeper = await site.context.newPage();
  await keeper.goto(site.add('<!DOCTYPE html>').url);
  return site;
}

/** A context as panels need it, with nothing loaded. */
export async function newContext(browser: Browser): Promise<BrowserContext> {
  const { locale, timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const context = await browser.newContext({ locale, timezoneId: timeZone, hasTouch: true });
  context.setDefaultTimeout(PATIENCE_MS);
  await bringFonts(context);
  return context;
}

let script: Promise<string> | undefined;

/** The panel's script as `npm run build` makes it, from the sources as they are now. */
export function builtScript(): Promise<string> {
  script ??= build({ ...webviewBuild, minify: true, write: false }).then(
    ({ outputFiles }) => outputFiles[0]?.text ?? '',
  );
  return script;
}

import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { openHelperLink } from './helperLink.ts';
import { HostedCode } from './hostedCode.ts';
import { bringFonts, editorFont } from './ownFonts.ts';
import { startServer, type CodeServer, type ServerOptions } from './server.ts';
import { developExtensions, pageAddress } from './workbenchPage.ts';

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
      settings: { 'editor.fontFamily': editorFont, ...options.settings },
      env: { ...options.env, ...link.env },
      vsix: options.vsix ? [options.vsix] : [],
      extensions: [join(import.meta.dirname, 'helper')],
    });
    browser = await launchBrowser();
    const page = await browser.newPage({
      viewport: options.viewport ?? { width: 1400, height: 900 },
    });
    await bringFonts(page);
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

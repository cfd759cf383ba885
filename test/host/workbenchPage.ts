import type { Page } from 'playwright-core';
import type { CodeServer } from './server.ts';

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

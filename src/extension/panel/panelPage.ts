import { basename } from 'node:path';
import { Uri, type WebviewPanel } from 'vscode';
import { panelHtml } from '../../protocol/panelHtml.ts';
import type { PanelTarget } from './panelTarget.ts';

/** Gives a panel its icon and its page, which may load nothing but what ships with the extension. */
export function openPage(
  panel: WebviewPanel,
  { extensionUri, target }: { readonly extensionUri: Uri; readonly target: PanelTarget },
): void {
  panel.iconPath = {
    light: Uri.joinPath(extensionUri, 'media', 'graph-light.svg'),
    dark: Uri.joinPath(extensionUri, 'media', 'graph-dark.svg'),
  };
  panel.webview.options = {
    enableScripts: true,
    localResourceRoots: [Uri.joinPath(extensionUri, 'dist'), Uri.joinPath(extensionUri, 'media')],
  };
  const resource = (...path: string[]): string =>
    panel.webview.asWebviewUri(Uri.joinPath(extensionUri, ...path)).toString();
  panel.webview.html = panelHtml({
    title: basename(target.file),
    nonce: crypto.randomUUID().replaceAll('-', ''),
    cspSource: panel.webview.cspSource,
    scriptUri: resource('dist', 'webview.js'),
    styleUri: resource('media', 'panel.css'),
  });
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { root } from './install.ts';

interface FontFile {
  readonly family: string;
  /** From `node_modules`. */
  readonly path: string;
  readonly weight: string;
  readonly style: string;
}

const roboto = ['normal', 'italic'].map((style): FontFile => ({
  family: 'Roboto Variable',
  path: `@fontsource-variable/roboto/files/roboto-latin-wght-${style}.woff2`,
  weight: '100 900',
  style,
}));

const dejaVuMono = ['400', '700'].map((weight): FontFile => ({
  family: 'DejaVu Mono',
  path: `@fontsource/dejavu-mono/files/dejavu-mono-latin-${weight}-normal.woff2`,
  weight,
  style: 'normal',
}));

const files = [...roboto, ...dejaVuMono];

/** The family for source text. */
export const editorFont = 'DejaVu Mono';

/**
 * What pages are laid out with in tests and pictures, whatever is installed on the machine.
 * `SUPERSTEP_TEST_FONT=wide` makes the texts of the user interface about a third wider.
 */
const families = {
  // The second has the arrows, which the first has not.
  ui:
    process.env.SUPERSTEP_TEST_FONT === 'wide'
      ? '"DejaVu Mono"'
      : '"Roboto Variable", "DejaVu Mono"',
  editor: `"${editorFont}"`,
};

/**
 * Brings the fonts into all that a page or a context will show, frames too. They come as bytes,
 * not as a style sheet, so that they are there before the first text is measured and ask no policy.
 */
export async function bringFonts(target: Page | BrowserContext): Promise<void> {
  const faces = files.map(({ path, ...face }) => ({
    ...face,
    bytes: readFileSync(join(root, 'node_modules', path), 'base64'),
  }));
  await target.addInitScript(addFonts, { faces, families });
}

interface LoadedFont extends Omit<FontFile, 'path'> {
  readonly bytes: string;
}

/** Runs in the windows of all pages and frames, before anything of their own. */
function addFonts(fonts: {
  readonly faces: readonly LoadedFont[];
  readonly families: typeof families;
}): void {
  const scope = globalThis as any;
  // Each page begins with this empty document, and soon goes to another.
  if (scope.location.href === 'about:blank' && scope === scope.top) return;
  addTo(scope.document);
  // The frame of a webview keeps the window of its first, empty document, in which this has run, and
  // what comes then the editor writes into it.
  const { open } = scope.Document.prototype;
  scope.Document.prototype.open = function (this: unknown, ...args: unknown[]) {
    const opened = open.apply(this, args);
    if (opened === scope.document) addTo(opened);
    return opened;
  };

  function addTo(document: any): void {
    for (const { family, bytes, ...descriptors } of fonts.faces) {
      const text = scope.atob(bytes) as string;
      const data = new Uint8Array(text.length);
      for (let at = 0; at < data.length; at++) data[at] = text.charCodeAt(at);
      document.fonts.add(new scope.FontFace(family, data, descriptors));
    }
    const { ui, editor } = fonts.families;
    const sheet = new scope.CSSStyleSheet();
    sheet.replaceSync(`
      :root {
        --vscode-font-family: ${ui} !important;
        --vscode-editor-font-family: ${editor} !important;
      }
      .monaco-workbench {
        font-family: ${ui} !important;
        --monaco-monospace-font: ${editor} !important;
      }`);
    document.adoptedStyleSheets.push(sheet);
  }
}

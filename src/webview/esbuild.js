// How the panel's script is built, for the build and for the tests of the panel alike.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/** @type {import('esbuild').BuildOptions} */
export const webviewBuild = {
  absWorkingDir: resolve(import.meta.dirname, '../..'),
  entryPoints: { webview: 'src/webview/main.ts' },
  outdir: 'dist',
  bundle: true,
  platform: 'browser',
  format: 'iife',
  target: 'chrome138', // of VS Code 1.105
  legalComments: 'none',
  // @mermaid-js/tiny looks on the global object for its own variable, which is local in a bundle.
  define: { 'globalThis.__esbuild_esm_mermaid_nm': '__esbuild_esm_mermaid_nm' },
  plugins: [
    { name: 'fast-mermaid-config', setup: copyConfigOnce },
    { name: 'layout-worker', setup: bringWorker },
  ],
};

/**
 * The worker that lays out large graphs is a text in the panel's script: a page of the editor can start
 * none from a file, and so it needs no further one.
 */
function bringWorker({ onLoad, onResolve, esbuild }) {
  const path = resolve(import.meta.dirname, 'diagram/layout/layoutWorker.ts');
  onResolve({ filter: /^superstep:layout-worker$/ }, () => ({ path, namespace: 'worker-text' }));
  onLoad({ filter: /.*/, namespace: 'worker-text' }, async () => {
    const { outputFiles, metafile } = await esbuild.build({
      ...{ entryPoints: [path], bundle: true, minify: true, write: false, metafile: true },
      ...{ platform: 'browser', format: 'iife', target: 'chrome138' },
    });
    const watchFiles = Object.keys(metafile.inputs).map((file) => resolve(file));
    return { contents: outputFiles[0].text, loader: 'text', watchFiles };
  });
}

/**
 * Mermaid 12 copies its whole configuration each time a part of it asks for a setting: over half of
 * the time of drawing a large graph. One copy for each configuration is enough.
 * @throws {Error} when a new version of Mermaid does this in another way: look whether it is needed.
 */
function copyConfigOnce({ onLoad }) {
  onLoad({ filter: /mermaid\.tiny\.js$/ }, async ({ path }) => {
    const text = await readFile(path, 'utf8');
    const getConfig = /([\w$]+)=([\w$]+)\(\(\)=>([\w$]+)\(\{\},([\w$]+)\),"getConfig"\)/;
    if (!getConfig.test(text)) throw new Error(`There is no getConfig to make faster in ${path}`);
    const contents = text.replace(
      getConfig,
      (_, get, named, copy, config) =>
        `${get}=${named}(()=>${get}.of===${config}?${get}.copy:` +
        `(${get}.of=${config},${get}.copy=${copy}({},${config})),"getConfig")`,
    );
    return { contents, loader: 'js' };
  });
}

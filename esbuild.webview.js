// How the panel's script is built, for esbuild.js and for the tests of the panel alike.
import { readFile } from 'node:fs/promises';

/** @type {import('esbuild').BuildOptions} */
export const webviewBuild = {
  absWorkingDir: import.meta.dirname,
  entryPoints: { webview: 'src/webview/main.ts' },
  outdir: 'dist',
  bundle: true,
  platform: 'browser',
  format: 'iife',
  target: 'chrome140',
  legalComments: 'none',
  // @mermaid-js/tiny looks on the global object for its own variable, which is local in a bundle.
  define: { 'globalThis.__esbuild_esm_mermaid_nm': '__esbuild_esm_mermaid_nm' },
  plugins: [{ name: 'mermaid-without-names', setup: dropFunctionNames }],
};

/**
 * Mermaid is published with a call of `Object.defineProperty` around every function it makes, so
 * that names outlive minifying. That is over half the time of drawing a graph of 300 nodes.
 */
function dropFunctionNames({ onLoad }) {
  onLoad({ filter: /mermaid\.tiny\.js$/ }, async ({ path }) => {
    const text = await readFile(path, 'utf8');
    const keepNames = /var (\w+)=\(\w,\w\)=>\w+\(\w,"name",\{value:\w,configurable:!0\}\);/;
    return { contents: text.replace(keepNames, 'var $1=f=>f;'), loader: 'js' };
  });
}

// Makes the VSIX of what is in dist/ (npm run package builds it first):
//   node .ci/package.js [--target linux-x64] [--out FILE]
// A target gets esbuild's native program; without one the VSIX is for all platforms and slower, with
// esbuild's WebAssembly.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import vsce from '@vscode/vsce';
import { pluginFolder, pluginName } from '../src/typescriptPlugin/esbuild.js';

const root = resolve(import.meta.dirname, '..');

/** VS Code's name of a platform and, for npm, its operating system and processor. */
const targets = {
  'linux-x64': ['linux', 'x64'],
  'linux-arm64': ['linux', 'arm64'],
  'linux-armhf': ['linux', 'arm'],
  // esbuild's program for Linux needs no C library, so it is Alpine's as well.
  'alpine-x64': ['linux', 'x64'],
  'alpine-arm64': ['linux', 'arm64'],
  'darwin-x64': ['darwin', 'x64'],
  'darwin-arm64': ['darwin', 'arm64'],
  'win32-x64': ['win32', 'x64'],
  'win32-arm64': ['win32', 'arm64'],
};

/** What esbuild's packages bring for browsers and for readers. */
const unneeded = [
  'node_modules/{,@}esbuild*/**/*.{d.ts,html}',
  'node_modules/esbuild-wasm/esm/**',
  'node_modules/esbuild-wasm/lib/browser*',
  'node_modules/{,@}esbuild*/**/README.md',
];

const { values } = parseArgs({
  options: { target: { type: 'string' }, out: { type: 'string' } },
});
const { target } = values;
if (target !== undefined && !(target in targets)) {
  console.error(`There is no target "${target}"; there are: ${Object.keys(targets).join(', ')}`);
  process.exit(2);
}
const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const name = [manifest.name, manifest.version, target].filter(Boolean).join('-');
const out = resolve(values.out ?? join(root, `${name}.vsix`));

const stage = await mkdtemp(join(tmpdir(), 'superstep-package-'));
try {
  await copyListed();
  await installBundler();
  await installPlugin();
  await vsce.createVSIX({ cwd: stage, packagePath: out, ...(target ? { target } : {}) });
} finally {
  await rm(stage, { recursive: true, force: true });
}

/**
 * Copies what .vscodeignore lets through. Source maps are a tenth of it all and nobody reads them where the
 * extension is installed: no script asks for its own, or a debugger would tell that they are not there.
 */
async function copyListed() {
  const files = await vsce.listFiles({ cwd: root, packageManager: vsce.PackageManager.None });
  for (const file of files) {
    await cp(join(root, file), join(stage, file));
    if (!/^dist[\\/].*\.js$/.test(file)) continue;
    const text = await readFile(join(stage, file), 'utf8');
    await writeFile(join(stage, file), text.replace(/\n\/\/# sourceMappingURL=\S+\s*$/, '\n'));
  }
}

/** Puts in the one dependency that cannot be bundled, in the form that the target needs. */
async function installBundler() {
  const bundler = target ? 'esbuild' : 'esbuild-wasm';
  const version = manifest.dependencies.esbuild;
  const { devDependencies, scripts, allowScripts, ...kept } = manifest;
  await writeManifest({ ...kept, dependencies: { [bundler]: version } });
  await writeFile(join(stage, '.vscodeignore'), `${unneeded.join('\n')}\n`);
  const [os, cpu] = target ? targets[target] : [];
  await npm([
    'install',
    '--omit=dev',
    '--ignore-scripts',
    '--no-package-lock',
    ...['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'],
    ...(target ? [`--os=${os}`, `--cpu=${cpu}`] : []),
  ]);
}

/**
 * Puts the plugin where the TypeScript server looks for it. What is packed from node_modules is what
 * the manifest names as a dependency; the library's own manifest must not, since this one is
 * nowhere else to be had.
 */
async function installPlugin() {
  const staged = JSON.parse(await readFile(join(stage, 'package.json'), 'utf8'));
  // Links become what they lead to: the library's types.
  await cp(pluginFolder, join(stage, 'node_modules', pluginName), {
    recursive: true,
    dereference: true,
  });
  const dependencies = { ...staged.dependencies, [pluginName]: manifest.version };
  await writeManifest({ ...staged, dependencies });
}

function writeManifest(content) {
  return writeFile(join(stage, 'package.json'), JSON.stringify(content, undefined, 2));
}

function npm(args) {
  const options = { cwd: stage, shell: process.platform === 'win32' };
  return promisify(execFile)('npm', args, options);
}

// How the plugin of the TypeScript server is made: its script, and the types that it answers with.
import { mkdir, readdir, readFile, readlink, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** The name under which the editor looks for the plugin in the extension's own node_modules. */
export const pluginName = 'superstep-typescript-plugin';

/** Where it is made. `.ci/package.js` moves it into the node_modules of the VSIX. */
export const pluginFolder = join(root, 'dist/typescriptPlugin');

/** @type {import('esbuild').BuildOptions} */
export const pluginBuild = {
  absWorkingDir: root,
  entryPoints: { 'typescriptPlugin/index': 'src/typescriptPlugin/plugin.ts' },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node18', // Some desktop editors let the server run on an older Node than their own.
  sourcemap: false,
  define: { 'import.meta.dirname': '__dirname' },
  // The server wants the function itself.
  footer: { js: 'module.exports = module.exports.default;' },
};

/** What graph files run in: Node 22 at least. */
const environment = '/// <reference types="node" />\n/// <reference lib="es2024" />\n';

/**
 * What lies beside the script: descriptions of packages, and the types of those we ship, as they
 * would lie in a node_modules folder.
 * @returns {Promise<{ path: string, contents: Uint8Array }[]>} Files to be written.
 */
export async function pluginFiles() {
  const { version, exports } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const entries = Object.entries(exports).flatMap(([name, { types }]) =>
    types ? [[name === '.' ? 'index' : name.slice(2), types]] : [],
  );
  return [
    json('package.json', { name: pluginName, version, main: './index.js', license: 'MIT' }),
    typesOnly('superstep', {
      version,
      type: 'module',
      types: './index.d.ts',
      exports: Object.fromEntries([
        ...entries.map(([name]) => [
          name === 'index' ? '.' : `./${name}`,
          { types: `./${name}.d.ts` },
        ]),
        ['./package.json', './package.json'],
      ]),
    }),
    ...entries.map(([name, types]) => {
      const target = types.replace('./dist/types/', './library/').replace(/\.d\.ts$/, '.js');
      return text(`types/superstep/${name}.d.ts`, `${environment}export * from '${target}';\n`);
    }),
    typesOnly('zod', { types: './index.d.cts', exports: { '.': { types: './index.d.cts' } } }),
    ...(await declarations('zod', /^(index|v4[\\/](classic|core|locales)[\\/].*)\.d\.cts$/)),
    // Without a package.json of their own these would be taken for modules of the package around.
    ...(await declarations('@types/node', /^(?:(?!ts\d).*\.d\.ts|package\.json)$/)),
    ...(await declarations('undici-types', /^(?:.*\.d\.ts|package\.json)$/)),
  ];
}

/** The library's own declarations are the compiler's output: the plugin's folder links to them. */
export async function linkLibraryTypes() {
  const link = join(pluginFolder, 'types/superstep/library');
  const target = join(root, 'dist/types');
  await linkFolder(link, target);
  // The editor finds the plugin as it does in the VSIX, in node_modules.
  await linkFolder(join(root, 'node_modules', pluginName), pluginFolder);
}

async function linkFolder(link, target) {
  if ((await readlink(link).catch(() => undefined)) === target) return;
  await rm(link, { recursive: true, force: true });
  await mkdir(dirname(link), { recursive: true });
  await symlink(target, link, 'junction');
}

/**
 * The description of a package without code, for folders into which it is copied. `typesOnly` tells
 * such a copy from what was installed.
 */
function typesOnly(name, rest) {
  return json(`types/${name}/package.json`, {
    name,
    description: `Types only, written by the Superstep extension: npm install ${name} replaces them.`,
    typesOnly: true,
    private: true,
    ...rest,
  });
}

/** A package's declarations and its licence. */
async function declarations(name, wanted) {
  const folder = join(root, 'node_modules', name);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    .filter((path) => wanted.test(path) || path === 'LICENSE');
  return Promise.all(
    paths.map(async (path) => ({
      path: join(pluginFolder, 'types', name, path),
      contents: await readFile(join(folder, path)),
    })),
  );
}

function json(path, value) {
  return text(path, `${JSON.stringify(value, undefined, 2)}\n`);
}

function text(path, contents) {
  return { path: join(pluginFolder, path), contents: Buffer.from(contents) };
}

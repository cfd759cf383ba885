import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, root, run } from './install.ts';

/**
 * Packages what is in dist/, unless that has been done since it was built. `native` is for this
 * platform, `universal` for all.
 * @returns The path of the VSIX.
 */
export async function packagedVsix(kind: 'native' | 'universal' = 'native'): Promise<string> {
  const file = join(cacheDir, `superstep-${kind}.vsix`);
  if (!existsSync(file) || statSync(file).mtimeMs < newestInput()) {
    mkdirSync(cacheDir, { recursive: true });
    const target = kind === 'native' ? ['--target', `${process.platform}-${process.arch}`] : [];
    await run(process.execPath, ['.ci/package.js', ...target, '--out', file], { cwd: root });
  }
  return file;
}

function newestInput(): number {
  const folders = ['dist', 'media', 'examples', 'templates', '.ci'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(folder, name),
    ),
  );
  const files = ['package.json', '.vscodeignore', 'README.md', ...folders];
  return Math.max(...files.map((file) => statSync(join(root, file)).mtimeMs));
}

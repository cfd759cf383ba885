import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir, run, withLock } from './install.ts';
import { progress } from './progress.ts';

/**
 * Installs a package, on Debian as root; one after another, as `apt-get` wants it.
 * @returns Why it is not installed; `undefined` if it is.
 */
export async function installPackage(name: string): Promise<string | undefined> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    return `${name} is not installed`;
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = async () => {
    await run('apt-get', ['update'], { env });
    await run('apt-get', ['install', '-y', '--no-install-recommends', name], { env });
  };
  try {
    await mkdir(cacheDir, { recursive: true });
    await withLock(join(cacheDir, 'debian.lock'), () => progress(`Installing ${name}`, install));
    return undefined;
  } catch (error) {
    return `${name} could not be installed: ${(error as Error).message.split('\n')[0]}`;
  }
}

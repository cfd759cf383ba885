import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * Reads all that an output channel has received, newest extension host only; empty if there is no
 * such channel yet. Lines of a log channel begin with time and level.
 */
export function readOutput(userDataDir: string, channel: string): string {
  const logs = join(userDataDir, 'logs');
  if (!existsSync(logs)) return '';
  const isChannel = (path: string) =>
    path.includes('exthost') && basename(path).replace(/^\d+-/, '') === `${channel}.log`;
  const newest = readdirSync(logs, { recursive: true, encoding: 'utf8' })
    .filter(isChannel)
    .map((path) => join(logs, path))
    .sort((a, b) => statSync(b).birthtimeMs - statSync(a).birthtimeMs)[0];
  return newest === undefined ? '' : readFileSync(newest, 'utf8');
}

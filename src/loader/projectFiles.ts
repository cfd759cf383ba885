import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';

const NAMES = ['tsconfig.json', 'jsconfig.json'];

/** The `tsconfig.json` that rules each of some files, with those it extends or refers to. Absolute paths. */
export function findTsconfigs(files: readonly string[]): string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  for (const file of files) {
    for (let folder = dirname(file); !seen.has(folder); folder = dirname(folder)) {
      seen.add(folder);
      const config = NAMES.map((name) => join(folder, name)).find((path) => existsSync(path));
      if (config === undefined) continue;
      addWithBases(config, found);
      break;
    }
  }
  return [...found];
}

function addWithBases(config: string, found: Set<string>): void {
  if (found.has(config) || !existsSync(config)) return;
  found.add(config);
  // A rough reading is enough: what it finds in a comment is one file too many to be watched.
  const text = readFileSync(config, 'utf8');
  const list = /"extends"\s*:\s*("(?:[^"\\]|\\.)*"|\[[^\]]*\])/.exec(text)?.[1] ?? '';
  for (const [, base = ''] of list.matchAll(/"([^"]*)"/g)) {
    if (!base.startsWith('.') && !isAbsolute(base)) continue;
    const path = resolve(dirname(config), base);
    addWithBases(path.endsWith('.json') ? path : `${path}.json`, found);
  }
  const references = /"references"\s*:\s*\[([^\]]*)\]/.exec(text)?.[1] ?? '';
  for (const [, reference = ''] of references.matchAll(/"path"\s*:\s*"([^"]*)"/g)) {
    const path = resolve(dirname(config), reference);
    addWithBases(path.endsWith('.json') ? path : join(path, 'tsconfig.json'), found);
  }
}

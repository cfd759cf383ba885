import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Runs programs one by one, in a process of their own.
 * @param files URLs of the programs.
 * @param urlsOf What stands behind their imports, by specifier; others are found as always.
 * @returns What each has printed, in their order.
 */
export async function printPrograms(
  files: readonly string[],
  urlsOf: Readonly<Record<string, string>>,
): Promise<string[]> {
  const script = `import { registerHooks } from 'node:module';
    const urls = new Map(Object.entries(${JSON.stringify(urlsOf)}));
    registerHooks({ resolve: (specifier, context, next) =>
      next(urls.get(specifier) ?? specifier, context) });
    for (const url of ${JSON.stringify(files)}) {
      console.log('=== ' + url);
      await import(url);
    }`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    script,
  ]);
  return stdout.split(/^=== .*\n/m).slice(1);
}

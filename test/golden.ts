import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';

/**
 * Compares a text with `test/golden/<name>.txt`. A file that is missing is a failure, too;
 * `UPDATE_GOLDEN=1` writes what the test has got instead.
 */
export async function assertGolden(name: string, lines: readonly string[]): Promise<void> {
  const url = new URL(`./golden/${name}.txt`, import.meta.url);
  const text = `${lines.join('\n')}\n`;
  if (process.env['UPDATE_GOLDEN'] === '1') {
    await mkdir(new URL('.', url), { recursive: true });
    await writeFile(url, text);
    return;
  }
  const golden = await readFile(url, 'utf8').catch(() =>
    assert.fail(
      `There is no test/golden/${name}.txt: look at the text, then run with UPDATE_GOLDEN=1`,
    ),
  );
  assert.equal(text, golden.replaceAll('\r\n', '\n'));
}

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { UsageError } from '../../src/cli/usageError.ts';
import { readJsonValue } from '../../src/cli/readJsonValue.ts';

const nothing = Readable.from([]);
const isUsage = (message: RegExp) => (error: unknown) =>
  error instanceof UsageError && message.test(error.message);

test('readJsonValue() reads JSON from the option, from a file or from standard input', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'superstep-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'in put.json');
  await writeFile(file, '\uFEFF{ "from": "file" }');
  assert.deepEqual(await readJsonValue('{"from":"option"}', 'input', nothing), { from: 'option' });
  assert.deepEqual(await readJsonValue(`@${file}`, 'input', nothing), { from: 'file' });
  assert.deepEqual(await readJsonValue('-', 'input', Readable.from(['{"from":', '"stdin"}'])), {
    from: 'stdin',
  });
});

test('readJsonValue() says what cannot be read, and where that was', async () => {
  await assert.rejects(
    readJsonValue('{', 'input', nothing),
    isUsage(/value of --input as JSON: .*position 1/),
  );
  await assert.rejects(readJsonValue('-', 'input', nothing), isUsage(/standard input as JSON/));
  await assert.rejects(
    readJsonValue('@nowhere.json', 'input', nothing),
    isUsage(/"nowhere\.json".*there is no such file/),
  );
});

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import type { Uri as CodeUri } from 'vscode';
import { recorded, Uri } from '../../fakes/vscode.ts';
import { writeTypes } from '../../../src/extension/newFiles/writeTypes.ts';

const { writeTo } = await import('../../../src/extension/newFiles/writeTo.ts');
const { copyExample } = await import('../../../src/extension/newFiles/openExample.ts');

const folder = mkdtempSync(join(tmpdir(), 'superstep-write-'));
after(() => rmSync(folder, { recursive: true }));
beforeEach(() => void recorded.splice(0));

/** A place that nobody can write to, whoever runs the test: a file. */
const taken = join(folder, 'taken');
writeFileSync(taken, '');
const uri = Uri.file(taken) as unknown as CodeUri;
const root = join(import.meta.dirname, '../../..');

test('what can be written is written in silence', async () => {
  assert.equal(await writeTo(uri, async () => 'done'), 'done');
  assert.deepEqual(recorded, []);
});

test('a folder that types or an example cannot be written to is named, with the reason', async () => {
  const types = join(root, 'node_modules/superstep-typescript-plugin/types');
  const isFile = `Cannot write to folder ${taken}: there is a file where a folder is needed`;
  assert.equal(await writeTo(uri, () => writeTypes(types, taken)), undefined);
  assert.deepEqual(recorded, [isFile]);
  const examples = join(root, 'examples');
  const copy = () => copyExample(examples, 'tasks.graph.ts', taken);
  assert.equal(await writeTo(uri, copy), undefined);
  assert.deepEqual(recorded, [isFile, isFile]);
});

test('codes of Node and of the editor are told in words', async () => {
  const fail = (code: string, message = 'x') =>
    writeTo(uri, () => Promise.reject(Object.assign(new Error(message), { code })));
  await fail('EPERM');
  await fail('NoPermissions');
  await fail('Unknown', 'Unknown (FileSystemError): Error: EROFS: read-only file system');
  await fail('EODD', 'something odd');
  assert.deepEqual(
    recorded.map((text) => text.replace(`Cannot write to folder ${taken}: `, '')),
    ['permission denied', 'permission denied', 'it is read-only', 'something odd'],
  );
});

test('a fault of ours is not taken for a folder that cannot be written to', async () => {
  await assert.rejects(
    writeTo(uri, () => Promise.reject(new TypeError('ours'))),
    /ours/,
  );
});

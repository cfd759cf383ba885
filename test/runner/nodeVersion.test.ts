import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { nodeTooOld } from '../../src/runner/nodeVersion.ts';

for (const version of ['18.20.4', '20.19.1', '22.9.0', '22.14.99']) {
  test(`says that Node ${version} is too old, and which is needed`, () => {
    const said = nodeTooOld(version);
    assert.equal(said, `Node 22.15 or later is needed, and this is Node ${version}`);
  });
}

for (const version of ['22.15.0', '22.15.0-nightly', '22.100.0', '24.0.0', '100.1.0']) {
  test(`takes Node ${version}`, () => assert.equal(nodeTooOld(version), undefined));
}

test('asks for the Node that package.json asks for', () => {
  const path = join(import.meta.dirname, '../../package.json');
  const { engines } = JSON.parse(readFileSync(path, 'utf8')) as { engines: { node: string } };
  const [needed] = /Node .* or later/.exec(nodeTooOld('0.1.0')!)!;
  assert.equal(needed, `Node ${engines.node.replace('>=', '')} or later`);
});

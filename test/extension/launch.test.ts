import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { readLaunch } from '../../src/extension/debug/launch.ts';
import { root } from '../host/install.ts';

const folder = resolve('/work space');

test('readLaunch() reads every attribute that is offered', () => {
  const given = {
    ...{ type: 'superstep', request: 'launch', name: 'all' },
    ...{ file: 'src/a.graph.ts', graph: 'g', input: null, thread: '1', env: { LOG: 'all' } },
    ...{ runtime: '/opt/node', stopOnEntry: true },
  };
  assert.deepEqual(readLaunch(given, folder), {
    ...{ file: join(folder, 'src/a.graph.ts'), graph: 'g', input: { value: null }, thread: '1' },
    ...{ env: { LOG: 'all' }, runtime: '/opt/node', stopOnEntry: true, noDebug: false },
  });
  const { contributes } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { type, configurationAttributes } = contributes.debuggers[0];
  assert.equal(type, given.type);
  const offered = Object.keys(configurationAttributes.launch.properties);
  const read = Object.keys(given).filter((name) => !['type', 'request', 'name'].includes(name));
  assert.deepEqual(offered, read);
});

test('readLaunch() leaves to the editor what is not given', () => {
  assert.deepEqual(readLaunch({ name: 'none', noDebug: true }, undefined), {
    stopOnEntry: false,
    noDebug: true,
  });
});

for (const [name, value] of [
  ['file', 7],
  ['graph', ''],
  ['thread', 1],
  ['env', { LOG: 1 }],
  ['env', ['LOG']],
  ['runtime', {}],
] as const) {
  test(`readLaunch() refuses ${name}: ${JSON.stringify(value)}, and says what it must be`, () => {
    assert.throws(
      () => readLaunch({ name: 'Mine', [name]: value }, folder),
      ({ message }: Error) =>
        message.startsWith(
          `The launch configuration "Mine" has ${name}: ${JSON.stringify(value)}; it must be `,
        ),
    );
  });
}

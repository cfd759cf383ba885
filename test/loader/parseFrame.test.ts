import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFrame, parseFrame } from '../../src/loader/parseFrame.ts';

describe('parseFrame()', () => {
  for (const [frame, file] of [
    ['run (/a (b)/x.ts:3:9)', '/a (b)/x.ts'],
    ['async /a b/x.ts:3:9', '/a b/x.ts'],
    ['Object.a [as b] (/a/x.ts:3:9)', '/a/x.ts'],
    [String.raw`run (C:\a (b)\x.ts:3:9)`, String.raw`C:\a (b)\x.ts`],
    ['async Promise.all (index 0)', undefined],
    ['Array.map (<anonymous>)', undefined],
    ['ModuleJob.run (node:internal/modules/esm/module_job:561:25)', undefined],
    ['run (file:///%:3:9)', undefined],
  ] as const) {
    it(`reads ${file ?? 'no file'} out of "at ${frame}"`, () => {
      const place = file === undefined ? undefined : { file, line1: 3, column1: 9 };
      assert.deepEqual(parseFrame(`    at ${frame}`), place);
      assert.ok(isFrame(`    at ${frame}`));
    });
  }

  it(
    'reads addresses of files, and leaves their queries out',
    { skip: process.platform === 'win32' },
    () => {
      const place = parseFrame('    at run (file:///a%20%28b%29/x.ts?superstep=1:3:9)');
      assert.deepEqual(place, { file: '/a (b)/x.ts', line1: 3, column1: 9 });
    },
  );

  it('takes the lines of a message for what they are', () => {
    for (const line of ['Error: at home (/a/x.ts:3:9)', 'at (/a/x.ts:3:9)', '']) {
      assert.equal(parseFrame(line), undefined);
      assert.ok(!isFrame(line));
    }
  });
});

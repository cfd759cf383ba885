import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { capValue } from '../../../src/runner/report/cappedValue.ts';

test('small JSON data stays as it is', () => {
  const small = fc.jsonValue({ maxDepth: 3 }).filter((value) => !Object.is(value, -0));
  fc.assert(fc.property(small, (value) => assert.deepEqual(capValue(value).value, value)));
});

test('whatever is given becomes JSON data of bounded size', () => {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  const values = [cycle, new Map([[{}, 1]]), new Set([1]), new Uint8Array(1e6), 10n, new Date(0)];
  for (const value of [...values, new Map([['a', NaN]]), [undefined], new Error('no')]) {
    const capped = capValue(value).value;
    assert.deepEqual(JSON.parse(JSON.stringify(capped)), capped);
  }
  const wide = Array.from({ length: 1000 }, () => 'x'.repeat(9000));
  assert.ok(JSON.stringify(capValue(wide).value).length < 200_000);
});

test('an image in a text is left whole, up to a bound for all of them, and takes no room from others', () => {
  const image = `iVBORw0KGgo${'A'.repeat(200_000)}`;
  const value = { a: image, text: 'x'.repeat(9000), b: image };
  const { value: capped, wholeLength, size } = capValue(value);
  const { a, b, text } = capped as Record<string, string>;
  assert.deepEqual([a, text], [value.a, value.text]);
  assert.match(b!, /^iVBORw0KGgoA{9989} … \(190,011 characters more\)$/);
  assert.equal(wholeLength, image.length);
  assert.ok(size < 30_000);
  assert.match(JSON.stringify(capValue(value, 0).value), /190,011 characters more.*190,011/);
});

test('JSON in a text is left whole as images are, and an image in bytes becomes its text', () => {
  const json = JSON.stringify(Array.from({ length: 3000 }, (_, id) => ({ id })));
  const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
  const bytes = new Uint8Array(gif);
  const value = { json, cut: json.slice(0, -2), gif, bytes, other: new Uint8Array(1000) };
  const capped = capValue(value).value as Record<string, string>;
  assert.equal(capped['json'], json);
  assert.match(capped['cut']!, /… \([\d,]+ characters more\)$/);
  assert.deepEqual([capped['gif'], capped['bytes']], Array(2).fill(gif.toString('base64')));
  assert.equal(capped['other'], '(1,000 bytes)');
});

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { it } from 'node:test';
import { RULES } from '../../src/lint/rules.ts';
import { rulesPage } from '../../src/lint/rulesPage.ts';

const url = new URL('../../media/lint.md', import.meta.url);

it('media/lint.md is what the rules say of themselves (UPDATE_GOLDEN=1 writes it)', () => {
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(url, rulesPage());
  assert.equal(readFileSync(url, 'utf8').replaceAll('\r\n', '\n'), rulesPage());
});

it('every rule has an id of its own, which is the heading that its code leads to', () => {
  const ids = RULES.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.match(id, /^[a-z]+(?:-[a-z]+)*$/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import '../../fakes/vscode.ts';

const { checkAddress, checkKey } = await import('../../../src/extension/models/setApiKey.ts');

test('checkKey takes what keys look like, and never repeats what it refuses', () => {
  for (const key of ['sk-0123456789', 'a.b_c-d/e+f=']) assert.equal(checkKey(key), undefined);
  for (const wrong of ['', 'two words', 'línea', 'a\nb']) {
    const said = checkKey(wrong);
    assert.ok(said);
    if (wrong) assert.ok(!said.includes(wrong));
  }
});

test('checkAddress takes the address of an API, not that of one of its methods', () => {
  for (const address of ['https://api.openai.com/v1', 'http://127.0.0.1:8080/v1']) {
    assert.equal(checkAddress(address), undefined);
  }
  assert.match(checkAddress('api.openai.com') ?? '', /https:/);
  assert.match(checkAddress('ftp://a') ?? '', /https:/);
  assert.match(checkAddress('https://me:secret@a/v1') ?? '', /password/);
  assert.match(checkAddress('https://a/v1/chat/completions') ?? '', /without/);
});

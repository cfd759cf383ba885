import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cleanLines } from '../../../src/runner/history/cleanLines.ts';
import { eventLine, parseEvents, withheldLine } from '../../../src/runner/history/eventText.ts';
import { said, task } from './someRuns.ts';

const word = (length: number) => 'a1B2c3D4e5'.repeat(20).slice(0, length);
/** What tells a secret, and the secret in it. */
const SECRETS: readonly (readonly [text: string, secret: string])[] = [
  [`ghp_${word(36)}`, `ghp_${word(36)}`],
  [`glpat-${word(20)}`, word(20)],
  [`hf_${'abcdefghij'.repeat(4).slice(0, 34)}`, 'abcdefghij'.repeat(3)],
  [`npm_${word(36)}`, word(36)],
  [`SG.${word(22)}.${word(43)}`, word(43)],
  [`xoxb-123456789012-1234567890123-${word(24)}`, word(24)],
  [`sk-ant-api03-${word(93)}AA`, word(93)],
  [
    `-----BEGIN RSA PRIVATE KEY-----\nMII${word(80)}\n${word(64)}\n-----END RSA PRIVATE KEY-----`,
    word(64),
  ],
  ['https://maria:hunter2222@example.com/', 'hunter2222'],
  [`eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${word(43)}`, word(43)],
  ['MY_SERVICE_TOKEN=correct-horse', 'correct-horse'],
  ['export DB_PASSWORD="correct horse"', 'correct'],
  ['{"password":"correct-horse"}', 'correct-horse'],
];

const clean = async (...events: Parameters<typeof eventLine>[0][]) => {
  const lines = await cleanLines(events.map(eventLine), withheldLine);
  assert.equal(lines.length, events.length);
  return { text: lines.join('\n'), events: parseEvents(lines.join('\n')) };
};

describe('what is written to disk', () => {
  for (const [text, secret] of SECRETS) {
    it(`does not tell ${text.slice(0, 20).replaceAll('\n', ' ')}…, wherever it stands`, async () => {
      for (const around of [text, `x\n${text}\ty`, `"${text}"`, JSON.stringify({ text })]) {
        const cleaned = await clean(said('before'), said(around), said('behind'));
        assert.ok(!cleaned.text.includes(secret), cleaned.text);
        assert.equal(cleaned.events.length, 3);
        assert.deepEqual([cleaned.events[0], cleaned.events[2]], [said('before'), said('behind')]);
      }
    });
  }

  it('does not tell the values of fields that are called like secrets, and tells those of others', async () => {
    const input = {
      ...{ apiKey: 'a"b\\c', nested: { db_password: 'correct horse' }, accessToken: 'é' },
      ...{ key: 'D major', tokens: 12, author: 'Ada', maxTokens: 'many' },
    };
    const { events } = await clean({
      type: 'taskStarted',
      time: 1,
      task: task(1),
      attempt: 1,
      input,
    });
    const [event] = events as unknown as [{ input: unknown }];
    assert.deepEqual(event.input, {
      ...{ apiKey: '[redacted]', nested: { db_password: '[redacted]' }, accessToken: '[redacted]' },
      ...{ key: 'D major', tokens: 12, author: 'Ada', maxTokens: 'many' },
    });
  });

  it('does not tell bytes that hold a secret, and tells others', async () => {
    const value = [Buffer.from(`x ghp_${word(36)} y`), new Uint8Array([1, 2])];
    const { events } = await clean({ type: 'custom', time: 1, task: task(1), value });
    const [event] = events as unknown as [{ value: unknown }];
    assert.deepEqual(event.value, ['[redacted]', new Uint8Array([1, 2])]);
  });

  it('stays what it is where there is no secret, and stays lines of JSON where there is', async () => {
    const secret = fc.constantFrom(...SECRETS.map(([text]) => text), 'https://a:', '@b', 'token');
    const text = fc
      .array(fc.oneof(fc.string(), secret), { maxLength: 4 })
      .map((all) => all.join(' '));
    const value = fc.dictionary(
      fc.oneof(text, fc.constant('password')),
      fc.oneof(text, fc.array(text)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 5 }), async (values) => {
        const events = values.map(
          (value) => ({ type: 'custom', time: 1, task: task(1), value }) as const,
        );
        const { text, events: kept } = await clean(...events);
        assert.equal(kept.length, events.length);
        assert.ok(!text.includes(`ghp_${word(36)}`), text);
      }),
      { numRuns: 300 },
    );
  });
});

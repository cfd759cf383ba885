import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { LoadError } from '../../src/loader/loadError.ts';
import { PieceRedactor, Redactor, redactorOf } from '../../src/runner/redact.ts';
import { toPlain, toPlainSized } from '../../src/runner/wire.ts';
import { createTestRunner, fixture, record } from './testRunner.ts';

const key = 'correct-horse-battery';

function redactorFor(...secrets: string[]): Redactor {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.add(secret);
  return redactor;
}

test('redact() takes out known values wherever they stand, the longest first', () => {
  const { redact } = redactorFor('abcdefgh', 'abcdefghijkl', ' padded-key\n');
  assert.equal(redact('abcdefghijkl, abcdefghabcdefgh.'), '[redacted], [redacted][redacted].');
  assert.equal(redact('a padded-key here'), 'a [redacted] here');
  assert.equal(redact('nothing here'), 'nothing here');
  assert.equal(redact(''), '');
});

test('redact() does not know values that say nothing, and short ones as words of their own only', () => {
  const { redact } = redactorFor('', 'x', 'abc', 'true', 'none', '4096', 'p$w.1', 'qwerty1');
  for (const text of ['x is true, none of 4096 is abc', 'aqwerty1, qwerty12', 'p$w.12']) {
    assert.equal(redact(text), text);
  }
  assert.equal(redact('"qwerty1", p$w.1!'), '"[redacted]", [redacted]!');
});

for (const [what, encode] of Object.entries({
  'in an address': encodeURIComponent,
  'in base64': (text: string) => Buffer.from(text).toString('base64'),
  'in base64 for addresses': (text: string) => Buffer.from(text).toString('base64url'),
  'in base64 with a name of any length before it, and more behind': (text: string) =>
    ['', 'n', 'na', 'nam'].map((name) => btoa(`${name}:${text}:more`)).join(' '),
})) {
  test(`redact() takes out a known value that was written ${what}`, () => {
    const secret = 'p?ss/w~rd+>>>key=19';
    const { redact } = redactorFor(secret);
    const text = redact(`before ${encode(secret)} after`);
    assert.match(text, /^before .*\[redacted\].* after$/);
    // Not a third of the key can be read from what is left.
    for (const part of ['p?ss/w', '~rd+>>', '>key=19']) {
      assert.ok(!text.includes(encodeURIComponent(part)), text);
      for (const word of text.split(/[^\w+/=-]+/)) {
        assert.ok(!Buffer.from(word, 'base64').toString('latin1').includes(part), text);
      }
    }
    assert.equal(redact('nothing of it'), 'nothing of it');
  });
}

test('the values of variables count whose names say that they hold a key', () => {
  const { redact } = redactorOf(
    {
      OPENAI_API_KEY: 'value-number-1',
      github_token: 'value-number-2',
      DB_PASSWORD: 'value-number-3',
      CLIENT_SECRET: 'value-number-4',
      SSH_KEY_FILE: '/home/someone',
      KEYRING: import.meta.dirname,
      HOME: '/home/someone-else',
      EMPTY_KEY: '',
      UNSET_KEY: undefined,
    },
    { DASHSCOPE_API_KEY: 'value-number-5' },
  );
  for (const n of [1, 2, 3, 4, 5]) assert.equal(redact(`<value-number-${n}>`), '<[redacted]>');
  assert.equal(redact('/home/someone-else'), '/home/someone-else');
  assert.equal(redact(import.meta.filename), import.meta.filename);
});

test('short values count of variables that surely hold a key, and those of headers and addresses', () => {
  const { redact } = redactorOf({
    DB_PASSWORD: 'hunter2',
    SORT_KEY: 'name',
    OPENAI_CUSTOM_HEADERS: 'X-Team: research\nX-Gateway-Key: gate-way-7',
    HTTPS_PROXY: 'http://someone:pass-word@proxy.example:8080',
  });
  assert.equal(redact('hunter2, name, research'), '[redacted], name, research');
  assert.equal(redact('gate-way-7 pass-word'), '[redacted] [redacted]');
});

test('redact() takes name and password out of addresses', () => {
  const { redact } = new Redactor();
  assert.equal(redact('at postgres://me:pw@db/x, once'), 'at postgres://[redacted]@db/x, once');
  for (const text of ['http://host:8080/a@b', 'ssh://git@host/x', 'see http://a: b@c']) {
    assert.equal(redact(text), text);
  }
});

/** What is told of a text that comes in pieces of this length, piece by piece. */
function inPieces(redactor: Redactor, text: string, length: number): string[] {
  const pieces = new PieceRedactor(redactor);
  const told = [];
  for (let i = 0; i < text.length; i += length) told.push(pieces.add(text.slice(i, i + length)));
  return [...told, pieces.end()];
}

for (const [what, text, expected] of [
  ['a known key', `The key ${key}, it is.`, 'The key [redacted], it is.'],
  ['one at the very end', `The key is ${key}`, 'The key is [redacted]'],
  ['two in a row', key + key, '[redacted][redacted]'],
  ['what contains another', 'x abcdefghijkl x', 'x [redacted] x'],
  ['a short one', 'It is hunter2.', 'It is [redacted].'],
  ['what only begins like a short one', 'hunter22', 'hunter22'],
  ['what is shaped like a key', 'my sk-proj-0123456789zyxwvuts!', 'my [redacted]!'],
  ['a header', 'Bearer 0123456789zyxwvuts\n', 'Bearer [redacted]\n'],
  ['an address', 'at https://me:pw@x.example/', 'at https://[redacted]@x.example/'],
  ['what begins like a key', 'correct-horses sk-learn a://b', 'correct-horses sk-learn a://b'],
  ['what a key is a part of', 'risk-0123456789zyxwvuts', 'risk-0123456789zyxwvuts'],
] as const) {
  test(`a text in pieces of any length is told without keys, as if it were whole: ${what}`, () => {
    const redactor = redactorFor(key, 'abcdefgh', 'abcdefghijkl', 'hunter2');
    assert.equal(redactor.redact(text), expected);
    for (let length = 1; length <= text.length; length++) {
      assert.equal(inPieces(redactor, text, length).join(''), expected, `pieces of ${length}`);
    }
  });
}

test('of a text in pieces only what may be the beginning of a key is held back', () => {
  const told = inPieces(redactorFor(key), 'A corner. correct-h', 1);
  assert.deepEqual(told.slice(2, 10), ['', '', '', 'corn', 'e', 'r', '.', ' ']);
  assert.deepEqual(
    told.slice(10, -1),
    Array.from({ length: 9 }, () => ''),
  );
  assert.equal(told.at(-1), 'correct-h');
});

test('redact() knows the shape of keys and leaves what only resembles them', () => {
  const { redact } = new Redactor();
  for (const shaped of [
    'sk-abcdefghijklmnop1234',
    'sk-proj-Ab_c-0123456789abcdef',
    'gsk_0123456789abcdefghij',
    'AIzaSyA0123456789abcdefghij',
  ]) {
    assert.equal(redact(`key=${shaped}, "${shaped}"`), 'key=[redacted], "[redacted]"');
  }
  assert.equal(
    redact('Authorization: Bearer eyJhbGciOi.JIUzI1NiJ9=='),
    'Authorization: Bearer [redacted]',
  );
  for (const text of [
    'sk-learn-based-classification-of-things',
    'risk-0123456789abcdefghij',
    'sk-1234',
    'the bearer of this letter, Bearer of good news',
  ]) {
    assert.equal(redact(text), text);
  }
});

test('a copy for the wire holds no key: not in texts, keys, Maps, errors, getters or patterns', () => {
  const redactor = redactorFor(key);
  const value = {
    text: `a ${key}`,
    [key]: 1,
    [`${key} `]: 2,
    map: new Map<unknown, unknown>([[key, new Set([key])]]),
    error: Object.assign(new Error(`e ${key}`, { cause: new Error(`c ${key}`) }), { name: key }),
    get fails() {
      throw new Error(key);
    },
    json: { toJSON: () => key },
    symbol: Symbol(key),
    pattern: new RegExp(key),
    boxed: Object(key) as unknown,
  };
  const copy = toPlain(value, { redactor });
  assert.doesNotMatch(inspect(copy, { depth: 10, showHidden: true }), new RegExp(key));
  const { text, '[redacted]': first, '[redacted] ': second } = copy as Record<string, unknown>;
  assert.deepEqual([text, first, second], ['a [redacted]', 1, 2]);
  assert.equal(
    Object.keys(toPlain({ [key]: 1, ['sk-0123456789abcdefgh']: 2 }, { redactor }) as object).length,
    2,
  );
  assert.deepEqual(toPlain(/a+/g, { redactor }), /a+/g);
});

test('a text that is cut inside a key does not show the part before the cut', () => {
  const redactor = redactorFor(key);
  for (let length = 1; length <= key.length; length++) {
    const cut = toPlain(`x ${key} y`, { textLength: 2 + length, redactor }) as string;
    assert.ok(cut.startsWith('x [redacted]'.slice(0, 2 + length)), cut);
    assert.ok(!cut.includes(key.slice(0, 4)), cut);
  }
});

test('bytes that hold a key are not shown, and others are', () => {
  const redactor = redactorFor(key);
  const bytes = Buffer.from(`in the middle ${key} of a text`);
  const around = new Uint8Array(100);
  around.set(bytes, 20);
  for (const value of [new Uint8Array(bytes), new Float32Array(around.buffer), around.buffer]) {
    assert.match(String(toPlain(value, { redactor })), /^\[\w+: \d+ bytes, redacted\]$/);
  }
  const others = new Uint8Array([1, 2, 3]);
  assert.deepEqual(toPlain(others, { redactor }), others);
});

test('a text of 50 MB is neither copied over and over nor searched for ever', () => {
  const redactor = redactorFor(...Array.from({ length: 20 }, (_, i) => `secret-value-${i}`));
  // Made so that every place looks like the beginning of a key.
  const text = 'sk-'.repeat(50_000_000 / 3);
  const before = process.cpuUsage();
  assert.equal(toPlain(text, { redactor }), text);
  const { value } = toPlainSized({ text }, { textLength: 1000, redactor });
  assert.ok((value as { text: string }).text.length < 1100);
  // Time of the processor, which others' work does not count for; what is quadratic takes hours.
  assert.ok(process.cpuUsage(before).user < 20_000_000);
});

const file = fixture('tellsKeys.graph.ts');
const env = { MY_API_KEY: key };

test('no key that a run was handed leaves it in events, console, state or result', async (t) => {
  const { result, events } = record(createTestRunner(t), { file, exportName: 'tells', env });
  const { state, status } = await result;
  assert.equal(status, 'done');
  const told = inspect({ events, state }, { depth: 20, showHidden: true });
  assert.doesNotMatch(told, new RegExp(`${key}|0123456789abcdef`));
  assert.equal((state as any).value.text, 'in the middle [redacted] of a text');
  assert.equal((state as any).given, 'offered with [redacted]');
  const lines = events.filter((event) => event.type === 'console').map(({ text }) => text);
  assert.deepEqual(lines, [
    'console [redacted]',
    "{ nested: { '[redacted]': [ '[redacted]' ] } }",
    'stdout [redacted]',
  ]);
  for (const type of ['custom', 'modelStreamed', 'modelRetrying', 'modelFailed']) {
    const event = events.find((each) => each.type === type);
    assert.match(inspect(event, { depth: 10 }), /\[redacted\]/, type);
  }
});

test('a key that is told letter by letter cannot be put together from what is told', async (t) => {
  const { result, events } = record(createTestRunner(t), { file, exportName: 'spells', env });
  assert.equal((await result).status, 'done');
  const pieces = events.filter((event) => event.type === 'modelStreamed');
  const joined = (texts: readonly (string | undefined)[]) => texts.join('');
  assert.equal(joined(pieces.map(({ text }) => text)), '<[redacted]> [redacted]');
  const args = pieces.flatMap(({ toolCallChunks }) => toolCallChunks?.[0]?.args);
  assert.equal(joined(args), '<[redacted]> [redacted]');
  assert.equal(joined(pieces.map(({ reasoning }) => reasoning)), '<[redacted]> [redacted]');
  assert.ok(
    events.indexOf(pieces.at(-1)!) < events.findIndex(({ type }) => type === 'modelFinished'),
  );
  const lines = events.filter((event) => event.type === 'console').map(({ text }) => text);
  assert.equal(joined(lines), '<[redacted]> [redacted]');
});

test('keys that only the code knows do not leave the run, whichever way its clients send them', async (t) => {
  const { result, events } = record(createTestRunner(t), { file, exportName: 'knowsItself', env });
  const { state } = await result;
  const told = '[redacted] [redacted] [redacted] [redacted] research';
  assert.equal((state as any).value, told);
  const said = events.find((event) => event.type === 'console');
  assert.equal(said?.text, told);
});

test('no key leaves a run in its checkpoints', async (t) => {
  const { result, events } = record(createTestRunner(t), { file, exportName: 'keeps', env });
  assert.equal((await result).status, 'done');
  const made = events.filter(({ type }) => type === 'checkpointMade');
  assert.match(inspect(made, { depth: 20 }), /\[redacted\]/);
  assert.doesNotMatch(inspect(events, { depth: 20 }), new RegExp(key));
});

for (const exportName of ['throws', 'throwsLate', 'dies']) {
  test(`no key leaves a run in its errors and problems (${exportName})`, async (t) => {
    const { result, events } = record(createTestRunner(t), { file, exportName, env });
    const { status, error, problem, state } = await result;
    assert.equal(status, 'failed');
    assert.match(error!.message, /\[redacted\]/);
    const told = inspect({ error, problem, state, events }, { depth: 20, showHidden: true });
    assert.doesNotMatch(told, new RegExp(key));
  });
}

test('no key leaves a file that cannot be loaded, or is only looked at', async (t) => {
  const runner = createTestRunner(t);
  const failing = { ...env, FAIL_ON_LOAD: '1' };
  const failed = runner.run({ file, exportName: 'tells', env: failing });
  await assert.rejects(failed, (error) => {
    assert.ok(error instanceof LoadError);
    assert.equal(error.problems[0]?.message, 'Cannot load with [redacted]');
    assert.doesNotMatch(inspect(error, { depth: 20, showHidden: true }), new RegExp(key));
    return true;
  });
  await assert.rejects(runner.describe(file, { env: failing }), /Cannot load with \[redacted\]/);
  const { graphs } = await runner.describe(file, { env });
  assert.deepEqual(graphs[0]?.input, { given: 'offered with [redacted]' });
  process.env['MY_API_KEY'] = key;
  t.after(() => delete process.env['MY_API_KEY']);
  assert.deepEqual((await runner.describe(file)).graphs[0]?.input, graphs[0]?.input);
});

test('a key that the host chose does not leave the run either', async (t) => {
  const models = { choose: async () => ({ kind: 'key', apiKey: key }) as const };
  const options = { file, exportName: 'tellsChosen', input: {}, env: { MY_API_KEY: '' }, models };
  const { result, events } = record(createTestRunner(t), options);
  const { state } = await result;
  assert.equal((state as any).value, '[redacted]');
  assert.doesNotMatch(inspect(events, { depth: 20 }), new RegExp(key));
});

import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { parseEnv, readEnvFiles } from '../../src/runner/envFiles.ts';

const cases: { readonly [what: string]: readonly [string, Record<string, string>] } = {
  'plain values': ['A=1\nB = two words  \n\nC=', { A: '1', B: 'two words', C: '' }],
  'the mark of UTF-8': ['\uFEFFA=1\nB=2', { A: '1', B: '2' }],
  'lines that end as on Windows, or on old Macs': [
    'A=1\r\nB="2"\r\nC=3\rD=4',
    { A: '1', B: '2', C: '3', D: '4' },
  ],
  'quotes of each kind': [
    `A="a 'b'"\nB='a "b"'\nC=\`a "b" 'c'\``,
    { A: "a 'b'", B: 'a "b"', C: `a "b" 'c'` },
  ],
  'escapes in double quotes only': [
    String.raw`A="a\nb\"c\\n"` + '\n' + String.raw`B='a\nb'` + '\n' + String.raw`C=a\nb`,
    { A: 'a\nb"c\\n', B: String.raw`a\nb`, C: String.raw`a\nb` },
  ],
  'values of several lines': [
    'A="one\ntwo\r\n# three"\nB=\'x\ny\'\nC=1',
    { A: 'one\ntwo\n# three', B: 'x\ny', C: '1' },
  ],
  comments: [
    '# A=0\n  # it\'s "odd\nA=1 # one\nB="x # y" # z\nC=a#b\nD=#',
    { A: '1', B: 'x # y', C: 'a', D: '' },
  ],
  export: ['export A=1\n  export   B="2"\nexport\nexported=3', { A: '1', B: '2', exported: '3' }],
  'equals signs in values': ['A=a=b==\nB="c=d"', { A: 'a=b==', B: 'c=d' }],
  'quotes that are not closed': ['A=it\'s\nB="open\nC=3', { A: "it's", B: '"open', C: '3' }],
  'what is no assignment': ['just text\n=1\n1A=2\nA=1\n<<<<<<< HEAD', { A: '1' }],
  'the last of several': ['A=1\nA=2', { A: '2' }],
  'nothing to expand or run': ['A=1\nB=$A ${A} $(ls) `ls`', { A: '1', B: '$A ${A} $(ls) `ls`' }],
  'text behind quotes': ['A="x" y\nB=1', { A: 'x', B: '1' }],
  'a file without lines': ['', {}],
};

for (const [what, [text, expected]] of Object.entries(cases)) {
  test(`parseEnv() reads ${what}`, () => {
    assert.deepEqual(Object.fromEntries(parseEnv(text)), expected);
  });
}

test('parseEnv() gives back every value that is written in double quotes', () => {
  const value = fc.string({ unit: 'binary' }).map((text) => text.replace(/\r/g, ''));
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[A-Z][A-Z_0-9]{0,8}$/), value), (env) => {
      const lines = Object.entries(env).map(
        ([name, text]) => `${name}="${text.replace(/["\\]/g, '\\$&')}"`,
      );
      assert.deepEqual({ ...Object.fromEntries(parseEnv(lines.join('\n'))) }, { ...env });
    }),
  );
});

test('parseEnv() comes to an end with any text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'A="\'`#\n\\ x') }),
      (text) => void parseEnv(text),
    ),
  );
  parseEnv('A="' + '\\'.repeat(200_000));
});

async function folders(t: TestContext) {
  const root = await mkdtemp(join(tmpdir(), 'superstep-env-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const near = join(root, 'near');
  await mkdir(near);
  return { root, near };
}

test('the nearest file wins, and the environment over every file, with what is not empty', async (t) => {
  const { root, near } = await folders(t);
  await writeFile(join(near, '.env'), 'A=near\nB=near\nEMPTY=near');
  await writeFile(join(root, '.env'), 'A=root\nC=root\nB=root');
  const environment = { B: 'real', EMPTY: '' };
  const { env, files, warnings } = await readEnvFiles([near, root, near], environment);
  assert.deepEqual(env, { A: 'near', EMPTY: 'near', C: 'root' });
  assert.deepEqual(files, [join(near, '.env'), join(root, '.env')]);
  assert.deepEqual(warnings, []);
});

const url = 'OPENAI_BASE_URL=https://x.example/v1';
for (const [what, files, environment, isUsed] of [
  ['the key beside it', { near: `${url}\nOPENAI_API_KEY=k` }, {}, true],
  ['no key at all', { near: `${url}\nDASHSCOPE_API_KEY=k` }, {}, true],
  ['an empty key elsewhere', { near: url, root: 'OPENAI_API_KEY=' }, { OPENAI_API_KEY: '' }, true],
  ['a key of the environment', { near: url }, { OPENAI_API_KEY: 'k' }, false],
  ['headers of the environment', { near: url }, { OPENAI_CUSTOM_HEADERS: 'a: b' }, false],
  ['a key of another file', { near: url, root: 'OPENAI_API_KEY=k' }, {}, false],
  ['a nearer key', { near: 'OPENAI_API_KEY=k', root: `${url}\nOPENAI_API_KEY=r` }, {}, false],
] as const) {
  test(`an address in a file is ${isUsed ? 'used' : 'not used, which is said,'} with ${what}`, async (t) => {
    const paths: Readonly<Record<string, string>> = await folders(t);
    for (const [folder, text] of Object.entries(files)) {
      await writeFile(join(paths[folder]!, '.env'), text);
    }
    const { env, warnings } = await readEnvFiles([paths['near']!, paths['root']!], environment);
    assert.equal('OPENAI_BASE_URL' in env, isUsed);
    if (isUsed) assert.deepEqual(warnings, []);
    else
      assert.match(
        warnings.join(),
        /^OPENAI_BASE_URL of .*\.env is not used: OPENAI_\w+, .* from /,
      );
  });
}

test('an address of the environment is used with a key of a file', async (t) => {
  const { near } = await folders(t);
  await writeFile(join(near, '.env'), `${url}\nOPENAI_API_KEY=k`);
  const { env, warnings } = await readEnvFiles([near], { OPENAI_BASE_URL: 'http://localhost/v1' });
  assert.deepEqual([env, warnings], [{ OPENAI_API_KEY: 'k' }, []]);
});

test('files that are not there, or are folders, are nothing to speak of', async (t) => {
  const { root, near } = await folders(t);
  await mkdir(join(near, '.env'));
  assert.deepEqual(await readEnvFiles([near, root, join(root, 'none')]), {
    env: {},
    files: [],
    warnings: [],
  });
});

test('a file that cannot be read is a warning', async (t) => {
  const { root, near } = await folders(t);
  await writeFile(join(root, '.env'), 'A=1');
  await writeFile(join(near, '.env'), 'x'.repeat(1_000_001));
  const { env, warnings } = await readEnvFiles([near, root], {});
  assert.deepEqual(env, { A: '1' });
  assert.match(warnings[0]!, /Cannot read .*near.*\.env, .*more than 1 MB/);
});

test('a file without permission is a warning', { skip: process.getuid?.() === 0 }, async (t) => {
  const { near } = await folders(t);
  await writeFile(join(near, '.env'), 'A=1');
  await chmod(join(near, '.env'), 0);
  assert.match((await readEnvFiles([near])).warnings[0]!, /EACCES/);
});

test('files as PowerShell writes them are read', async (t) => {
  const { near } = await folders(t);
  await writeFile(join(near, '.env'), Buffer.from('\uFEFFA=ü\r\n', 'utf16le'));
  assert.deepEqual((await readEnvFiles([near], {})).env, { A: 'ü' });
});

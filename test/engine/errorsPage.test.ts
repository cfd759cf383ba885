// Every code of an error or warning is in one of the closed lists, and on the page about them.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import ts from 'typescript';

const root = join(import.meta.dirname, '../..');
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');

/** Where the lists are: a union of literals in each. */
const lists = [
  ['src/engine/model/errors.ts', 'ErrorCode'],
  ['src/engine/model/events.ts', 'WarningCode'],
  ['src/loader/problem.ts', 'LoaderErrorCode'],
  ['src/runner/errors.ts', 'RunnerErrorCode'],
] as const;
const codes = lists.flatMap(([path, name]) => literalsOf(path, name)).sort();

function literalsOf(path: string, name: string): string[] {
  const source = ts.createSourceFile(path, textOf(path), ts.ScriptTarget.Latest);
  const alias = source.statements.find(
    (statement): statement is ts.TypeAliasDeclaration =>
      ts.isTypeAliasDeclaration(statement) && statement.name.text === name,
  );
  assert.ok(alias && ts.isUnionTypeNode(alias.type), `${name} is a union in ${path}`);
  return alias.type.types.map((type) => {
    assert.ok(ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal));
    return type.literal.text;
  });
}

interface Entry {
  readonly code: string;
  readonly body: string;
}

const entries: Entry[] = textOf('media/errors.md')
  .split(/^## /m)
  .slice(1)
  .map((text) => {
    const [code = '', ...rest] = text.split('\n');
    return { code, body: rest.join('\n').trim() };
  });

describe('the codes of errors and warnings', () => {
  it('are each in one list only', () => {
    assert.ok(codes.length > 60);
    assert.deepEqual(
      codes.filter((code, i) => code === codes[i + 1]),
      [],
    );
  });

  it('are in a list wherever an error or warning is made', () => {
    const made = globSync('src/**/*.ts', { cwd: root }).flatMap((path) =>
      [
        ...textOf(path).matchAll(/\bcode: '([A-Z][A-Z_]+)'/g),
        ...textOf(path).matchAll(
          /\b(?:new \w*(?:Error|Failure)|super|runnerError|failure)\(\s*'([A-Z][A-Z_]+)'/g,
        ),
      ].map(([, code]) => ({ path, code: code! })),
    );
    assert.ok(made.length > 60);
    assert.deepEqual(
      made.filter(({ code }) => !codes.includes(code)),
      [],
    );
  });
});

describe('the page of errors', () => {
  it('has all codes and no others, in the order of the alphabet', () => {
    assert.deepEqual(
      entries.map(({ code }) => code),
      codes,
    );
  });

  for (const { code, body } of entries) {
    it(`has cause and cure of ${code}, in a few words`, () => {
      // What follows is an example; that it raises the code is tested in test/docs.
      const [words = ''] = body.split('\n\n```');
      assert.match(words, /^\*\*Cause:\*\* [A-Z`].{10,}[.`]\n\n\*\*Cure:\*\* [A-Z`].{10,}[.`]$/);
      assert.ok(words.length < 400, 'short');
    });
  }

  it('is where the list of codes and the README say', () => {
    assert.match(textOf('src/engine/model/errors.ts'), /media\/errors\.md/);
    assert.match(textOf('README.md'), /\(media\/errors\.md\)/);
  });
});

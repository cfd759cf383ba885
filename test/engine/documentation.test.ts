// The examples of the docstrings are run, and every public name has a docstring.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import ts from 'typescript';
import { entries } from '../docs/program.ts';

const root = join(import.meta.dirname, '../..');
interface Example {
  readonly where: string;
  readonly code: string;
}

/** Files whose examples and exports are public. */
const program = ts.createProgram([...entries.values()], {
  ...ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, 'tsconfig.json'), (path) => readFileSync(path, 'utf8')).config,
    ts.sys,
    root,
  ).options,
  types: ['node'],
});
const checker = program.getTypeChecker();
const sources = program
  .getSourceFiles()
  .filter(({ fileName }) =>
    /^src[\\/](?:engine|openai|prebuilt)[\\/]/.test(relative(root, fileName)),
  );
const exported = [...entries.values()]
  .flatMap((entry) =>
    checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)!)!),
  )
  .map((symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
  );

const examples: Example[] = sources.flatMap(({ fileName, text }) =>
  [...text.matchAll(/^ *\/\*\*[^]*?\*\//gm)].flatMap((comment) =>
    [...comment[0].matchAll(/```ts\n([^]*?)```/g)].map(({ 1: code = '' }) => {
      const line = text.slice(0, comment.index).split('\n').length;
      return {
        where: `${relative(root, fileName)}:${line}`,
        code: code.replace(/^ *\* ?/gm, ''),
      };
    }),
  ),
);

describe('every public name', () => {
  for (const symbol of exported) {
    it(`${symbol.name} has a docstring`, () => {
      const comment = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
      // Unions of literals and the like, whose fields speak for themselves, still need a sentence.
      assert.ok(comment.length > 10, `no docstring at ${place(symbol)}`);
      assert.match(comment, /[.:)]$|\.\s/, `not a sentence at ${place(symbol)}: ${comment}`);
    });
  }
});

describe('the example at', () => {
  let folder = '';
  before(async () => {
    // Inside the package, so that `superstep` and `zod` resolve as for a user.
    folder = await mkdtemp(join(root, 'test/.examples-'));
    await mkdir(folder, { recursive: true });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('one place or more exists', () => assert.ok(examples.length > 10));

  examples.forEach(({ where, code }, i) => {
    it(`${where} runs and prints what it says`, async () => {
      const file = join(folder, `example${i}.ts`);
      const here = code.replace(/'(superstep(?:\/\w+)?)'/g, (_, name: string) =>
        JSON.stringify(entries.get(name)),
      );
      await writeFile(file, here);
      const printed: string[] = [];
      const { log } = console;
      console.log = (...items: unknown[]) =>
        printed.push(
          items.map((item) => (typeof item === 'string' ? item : inspect(item))).join(' '),
        );
      try {
        await import(file);
        await new Promise(setImmediate);
      } finally {
        console.log = log;
      }
      const expected = [...code.matchAll(/console\.log\(.*\/\/ (.+)$/gm)].map(([, text]) => text!);
      const lines = printed.map((text) => text.replace(/\s+/g, ' '));
      // A comment tells one line, or all lines of a loop, or the first of them.
      lines.push(lines.join(' '));
      for (const text of expected) {
        const start = text.replace(/ …$/, '');
        assert.ok(
          lines.some((line) => (start === text ? line === text : line.startsWith(start))),
          `expected ${text}, printed ${printed.join('\n')}`,
        );
      }
    });
  });

  it('any place compiles', async () => {
    const names = examples.map((_, i) => join(folder, `checked${i}.ts`));
    await Promise.all(examples.map(({ code }, i) => writeFile(names[i]!, `${code}\nexport {};\n`)));
    const options = { ...program.getCompilerOptions(), noUnusedLocals: false };
    const checked = ts.createProgram(names, options, undefined, program);
    const problems = ts
      .getPreEmitDiagnostics(checked)
      .filter(({ file }) => file === undefined || names.includes(file.fileName))
      .map(({ file, start, messageText }) => {
        const line = file?.text.slice(0, start).split('\n').length ?? 0;
        const example = file && examples[names.indexOf(file.fileName)];
        return `${example?.where} line ${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
      });
    assert.deepEqual(problems, []);
  });
});

function place(symbol: ts.Symbol): string {
  const declaration = symbol.declarations?.[0];
  if (!declaration) return symbol.name;
  const source = declaration.getSourceFile();
  const { line } = source.getLineAndCharacterOfPosition(declaration.getStart());
  return `${relative(root, source.fileName)}:${line + 1}`;
}

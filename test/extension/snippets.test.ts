import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { findGraphs } from '../../src/loader/source/findGraphs.ts';

interface Snippet {
  readonly prefix: string;
  readonly description: string;
  readonly body: readonly string[];
}

const root = join(import.meta.dirname, '../..');
const file = join(root, 'media/snippets.json');
const snippets = Object.values(JSON.parse(readFileSync(file, 'utf8')) as Record<string, Snippet>);

/** The text that a snippet leaves if one types nothing. */
function expand({ body }: Snippet): string {
  const text = body.join('\n');
  const defaults = new Map<string, string>();
  for (const [, tab = '', value = ''] of text.matchAll(/\$\{(\d):([^}]*)\}/g)) {
    defaults.set(tab, defaults.get(tab) ?? value);
  }
  return text
    .replaceAll(/\$\{(\d)(?::[^}]*)?\}/g, (_, tab: string) => defaults.get(tab) ?? '')
    .replaceAll('$0', '');
}

test('the snippets have prefixes of their own that begin with graph', () => {
  const prefixes = snippets.map(({ prefix }) => prefix);
  assert.equal(new Set(prefixes).size, prefixes.length);
  for (const prefix of prefixes) assert.match(prefix, /^graph(-[a-z]+)?$/);
});

for (const snippet of snippets) {
  test(`the snippet ${snippet.prefix} expands to TypeScript`, () => {
    const text = expand(snippet);
    // Calls are written after a builder.
    const whole = text.startsWith('.') ? `builder\n${text};` : text;
    const { diagnostics = [] } = ts.transpileModule(whole, {
      reportDiagnostics: true,
      compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext },
    });
    assert.deepEqual(
      diagnostics.map(({ messageText }) => messageText),
      [],
    );
  });
}

test('the snippet graph is a graph with a lens', () => {
  const text = expand(snippets.find(({ prefix }) => prefix === 'graph')!);
  const { graphs } = findGraphs(text, 'a.graph.ts');
  assert.deepEqual(
    graphs.map(({ exportName }) => exportName),
    ['graph'],
  );
});

// The titles of tests are sentences: what fails is read in the log before any code is.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import ts from 'typescript';
import * as library from '../../src/engine/index.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Words that are verbs wherever they stand; one that is missing is to be added. */
const verbs = withEndings(`
  abort accept add advance align allow appear append apply arrive ask become begin belong blame block
  break bring build buy cancel carry catch choose clear close come compare compile contain copy cost cut
  decide declare deny depend describe differ die divide draw drop edit end evaluate exist exit expand
  expect explain fail fall fill find finish fit follow forget freeze get give go grow hang happen hear
  hide hold ignore import inherit insist isolate join keep know lack last lead learn leave let like load
  locate look lose make mean meet merge mend miss move need obey offer open overtake parse pass pause pay
  permit prefer preview print produce protect prove pull push put quote raise reach react read rebuild
  receive refer refuse reject release reload rely remain remember remove rename repeat replace report
  require resolve restart restore resume retry return ring rise say see seem send serve set settle
  share show skip speak stand start stay stop store survive take talk tell throw tie transform travel treat
  trust try turn understand unite use vanish wait want warn win wrap write yield zoom
`).concat(
  `is are was were has have had can cannot could may might must do does did will would came went said
  told kept made left ran wrote took gave found saw held began broke lost sent stood threw`.split(
    /\s+/,
  ),
);

/** Words that are verbs only where no noun can stand. */
const nounsOrVerbs = withEndings(
  'answer call cap cause change check count hand limit list mark name order reduce route run stream tag time update',
);
const beforeNouns =
  /^(?:an?|the|its|their|all|both|two|several|many|and|or|of|in|by|with|to|for|from)$/;

function withEndings(stems: string): string[] {
  return stems
    .trim()
    .split(/\s+/)
    .flatMap((stem) => [stem, `${stem}s`, `${stem}es`, stem.replace(/y$/, 'ies')]);
}

const { contributes } = JSON.parse(read('package.json')) as {
  contributes: { commands: { title: string }[] };
};
/** What is written with a capital letter at the beginning of a title, besides code. */
const capitals = new Set([
  ...Object.keys(library),
  ...contributes.commands.map(({ title }) => title.split(' ')[0]!),
  'Ctrl+C',
]);

interface Title {
  readonly where: string;
  /** The titles of what it stands in, and its own. */
  readonly parts: readonly string[];
}

/** What is wrong with a title; '' if nothing is. */
function faultOf(parts: readonly string[]): string {
  const words = parts.join(' ').split(/\s+/);
  const isCapital = /^[A-Z][a-z]*(?![\w(.:-])/;
  const bad = parts
    .slice(1)
    .concat(parts[0]!)
    .find((part) => {
      const [first = ''] = part.split(/\s+/);
      return isCapital.test(first) && !capitals.has(first);
    });
  if (bad !== undefined) return `"${bad}" begins with a capital letter`;
  if (words.length < 3) return 'says too little';
  if (/\bworks$/.test(words.at(-1)!)) return '"works" does not say what happens';
  const ownAt = parts.slice(0, -1).join(' ').split(/\s+/).filter(Boolean).length;
  const hasVerb = words.some((word, i) => {
    const plain = word.replace(/[^\w]+$/, '');
    const isFirst = i > 0 && i === ownAt;
    const isThirdPerson = i > 0 && plain.endsWith('s') && !beforeNouns.test(words[i - 1]!);
    return verbs.includes(plain) || ((isFirst || isThirdPerson) && nounsOrVerbs.includes(plain));
  });
  return hasVerb ? '' : 'has no verb';
}

/** The titles in a file that can be read from its text. */
function titlesOf(path: string): Title[] {
  const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
  const titles: Title[] = [];
  const visit = (node: ts.Node, above: readonly (string | undefined)[]): void => {
    let parts = above;
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const { text: callee } = node.expression;
      const [first] = node.arguments;
      if (/^(?:test|it|describe|suite)$/.test(callee) && first) {
        parts = [...above, textOf(first)];
        const { line } = source.getLineAndCharacterOfPosition(node.getStart());
        const isTest = /^(?:test|it)$/.test(callee);
        if (isTest && parts.every((part) => part !== undefined)) {
          titles.push({ where: `${path}:${line + 1}`, parts });
        }
      }
    }
    ts.forEachChild(node, (child) => visit(child, parts));
  };
  visit(source, []);
  return titles;
}

/** The text of a title, with a name for what is put into it; undefined for what is a name itself. */
function textOf(title: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(title)) return title.text;
  if (!ts.isTemplateExpression(title)) return undefined;
  const spans = title.templateSpans.map(({ literal }) => `something${literal.text}`);
  return title.head.text + spans.join('');
}

describe('the title of a test', () => {
  const titles = globSync('test/**/*.test.ts', { cwd: root }).flatMap(titlesOf);

  it('is a sentence, together with those around it', () => {
    assert.ok(titles.length > 1500);
    const faults = titles.flatMap(({ where, parts }) => {
      const fault = faultOf(parts);
      return fault ? [`${where} "${parts.join(' ')}" ${fault}`] : [];
    });
    assert.deepEqual(faults, []);
  });

  it('is none if it says nothing, names a thing only, or begins like a heading', () => {
    for (const parts of [
      ['works'],
      ['the router', 'works'],
      ['test 1'],
      ['help and version'],
      ['parallel nodes with a barrier'],
      ['Runs all nodes at once'],
      ['a graph', 'The order of the nodes is kept'],
    ]) {
      assert.notEqual(faultOf(parts), '', parts.join(' '));
    }
    for (const parts of [
      ['forms are kept'],
      ['Send', 'gives the node its argument and nothing else'],
      ['an error', 'names the node'],
      ['toPlain() sends only the bytes that a view shows'],
    ]) {
      assert.equal(faultOf(parts), '', parts.join(' '));
    }
  });
});

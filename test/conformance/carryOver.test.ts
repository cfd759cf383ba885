// Programs as users of LangGraph.js write them. The compiler takes them as they are, since they belong
// to this project; here they are run, once with each library behind the same imports.
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { langGraphUrls } from '../../src/langgraph/entries.ts';
import { printPrograms } from './printPrograms.ts';

const folder = join(import.meta.dirname, 'carryOver');
const programs = globSync('*.ts', { cwd: folder }).toSorted();
const urlOf = (path: string) => pathToFileURL(join(import.meta.dirname, '../../src', path)).href;
const ours = {
  superstep: urlOf('engine/index.ts'),
  'superstep/prebuilt': urlOf('prebuilt/index.ts'),
  ...langGraphUrls((name) => urlOf(`langgraph/${name}.ts`)),
};
const theirs = {
  superstep: import.meta.resolve('@langchain/langgraph'),
  'superstep/prebuilt': import.meta.resolve('@langchain/langgraph/prebuilt'),
};

/** What each program prints with the given URLs behind its imports; they run one by one. */
async function printAll(urlsOf: Readonly<Record<string, string>>): Promise<Map<string, string>> {
  const files = programs.map((program) => pathToFileURL(join(folder, program)).href);
  const texts = await printPrograms(files, urlsOf);
  // LangGraph tells of retries on the console.
  return new Map(
    programs.map((name, i) => [name, texts[i]!.replaceAll(/^Retrying task .*\n/gm, '')]),
  );
}

describe('a program for LangGraph.js prints the same with Superstep', () => {
  let expected: Map<string, string>;
  let actual: Map<string, string>;
  before(async () => {
    [expected, actual] = await Promise.all([printAll(theirs), printAll(ours)]);
  });

  for (const program of programs) {
    test(program, () => {
      assert.notEqual(expected.get(program), '');
      assert.equal(actual.get(program), expected.get(program));
    });
  }
});

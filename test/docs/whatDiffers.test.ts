// Each section of the page is a program: it prints one thing with Superstep, another with LangGraph.js.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { KNOWN_REASONS, pageOf } from '../../src/runner/parity/knownReasons.ts';
import { printPrograms } from '../conformance/printPrograms.ts';
import { onProcessEnd } from '../host/releases.ts';
import { fencesOf, outputOf } from './program.ts';

const root = join(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'docs/what-differs.md'), 'utf8');
const programs = fencesOf(text);
// Inside of the package, so that `zod` and LangGraph.js are found.
const folder = mkdtempSync(join(root, 'test/.differs-'));
onProcessEnd(() => rmSync(folder, { recursive: true, force: true }));

/** What each program prints with this URL behind `superstep`. */
async function printAll(superstep: string): Promise<string[]> {
  const files = programs.map(({ code }, i) => {
    const file = join(folder, `section${i}.ts`);
    writeFileSync(file, code);
    return pathToFileURL(file).href;
  });
  const printed = await printPrograms(files, { superstep });
  return printed.map((text) => text.trim().replace(/\s+/g, ' '));
}

describe('the page of what differs', () => {
  let ours: string[] = [];
  let theirs: string[] = [];
  before(async () => {
    [ours, theirs] = await Promise.all([
      printAll(pathToFileURL(join(root, 'src/engine/index.ts')).href),
      printAll(import.meta.resolve('@langchain/langgraph')),
    ]);
  });

  it('has the sections that parity names as reasons, in the same order, under the same addresses', () => {
    const headings = programs.map(({ heading }) => heading);
    assert.deepEqual(
      headings,
      KNOWN_REASONS.map(({ title }) => title),
    );
    for (const reason of KNOWN_REASONS) {
      const slug = reason.title.toLowerCase().replaceAll(' ', '-');
      assert.ok(pageOf(reason).endsWith(`/docs/what-differs.md#${slug}`), pageOf(reason));
    }
  });

  programs.forEach(({ heading, code }, i) => {
    it(`says what both print: ${heading}`, () => {
      const [, there] = /^\/\/ LangGraph\.js: (.+)$/m.exec(code) ?? [];
      const [here] = outputOf(code);
      assert.deepEqual([ours[i], theirs[i]], [here, there]);
      assert.notEqual(here, there);
    });
  });
});

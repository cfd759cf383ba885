// Each guide leads to a file that can be run, and its pictures are drawn from such files.
import assert from 'node:assert/strict';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createTestRunner } from '../runner/testRunner.ts';

const root = join(import.meta.dirname, '../..');
const guides = globSync('docs/*.md', { cwd: root })
  .filter((page) => !/README|architecture/.test(page))
  .sort()
  .map((page) => ({ page, text: readFileSync(join(root, page), 'utf8') }));
const examples = globSync('docs/examples/*.graph.ts', { cwd: root }).sort();
const runner = createTestRunner({ after });

// What a file keeps in the folder for such things does not stay.
const { TMPDIR } = process.env;
const temporary = mkdtempSync(join(tmpdir(), 'superstep-guides-'));
before(() => void (process.env.TMPDIR = temporary));
after(() => {
  process.env.TMPDIR = TMPDIR;
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  rmSync(temporary, { recursive: true, force: true });
});

/** The graph files that a page has links to. */
function filesOf({ page, text }: (typeof guides)[number]): string[] {
  const links = text.matchAll(/\]\((?!https?:)([^)]+\.graph\.ts)\)/g);
  return [...links].map(([, to]) => join(page, '..', to!));
}

describe('a file beside the guides', () => {
  for (const path of examples) {
    it(`runs without input, key or network: ${path}`, async () => {
      const { status, error } = await runner.run({
        file: join(root, path),
        models: { choose: async () => ({ kind: 'offline', options: {} }) },
      });
      const expected = path.endsWith('order.graph.ts') ? 'waiting' : 'done';
      assert.equal(status, expected, error?.message);
    });
  }

  it('has a guide that leads to it', () => {
    const linked = new Set(guides.flatMap(filesOf));
    assert.deepEqual(
      examples.filter((path) => !linked.has(path)),
      [],
    );
  });
});

describe('a guide', () => {
  for (const guide of guides) {
    it(`leads to a file to run: ${guide.page}`, () => {
      assert.ok(filesOf(guide).length > 0);
    });

    const pictures = [...guide.text.matchAll(/^```mermaid\n([^]*?)\n```$/gm)];
    if (pictures.length === 0) continue;
    it(`has pictures of files that it leads to: ${guide.page}`, async () => {
      const drawn = new Set<string>();
      for (const path of filesOf(guide)) {
        const { graphs } = await runner.describe(join(root, path));
        for (const { mermaid } of graphs) drawn.add(mermaid.trim());
      }
      for (const [, picture] of pictures) assert.ok(drawn.has(picture!.trim()), picture);
    });
  }
});

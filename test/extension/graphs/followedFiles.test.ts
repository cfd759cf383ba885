import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { LoadingOptions } from '../../../src/extension/graphs/followedFiles.ts';
import { FakeDocument, FileType, Uri, onDisk, workspace } from '../../fakes/vscode.ts';

const { FollowedFiles } = await import('../../../src/extension/graphs/followedFiles.ts');

/** Longer than several saves are waited for. */
const LATER_MS = 30;

let folder: string;
let graph: FakeDocument;
let imported: FakeDocument;
let followed: InstanceType<typeof FollowedFiles>;
/** The texts that were loaded, in order: those of documents, or `disk`. */
let loaded: string[];
/** The files of these loadings. */
let files: string[];
let signals: AbortSignal[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'superstep-followed-'));
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.now() });
  graph = document('a.graph.ts');
  imported = document('text.ts');
  loaded = [];
  files = [];
  signals = [];
  followed = new FollowedFiles(async (file, { contents, signal }: LoadingOptions) => {
    loaded.push(contents ?? 'disk');
    files.push(file);
    signals.push(signal);
  });
  followed.add(graph.uri.fsPath);
  followed.madeOf(graph.uri.fsPath, [graph.uri.fsPath, imported.uri.fsPath]);
});

afterEach(() => {
  followed.dispose();
  mock.timers.reset();
  rmSync(folder, { recursive: true });
});

/** A document that was read from disk. */
function document(name: string): FakeDocument {
  const path = join(folder, name);
  writeFileSync(path, '');
  const made = new FakeDocument(path);
  made.isDirty = false;
  return made;
}

const later = () => mock.timers.tick(LATER_MS);

test('a file is loaded once, while the editor writes it', () => {
  graph.edit('new');
  graph.saving();
  assert.deepEqual(loaded, ['new']);
  later();
  graph.saved();
  later();
  assert.deepEqual(loaded, ['new']);
});

test('what saving has made of the text is loaded in its place', () => {
  graph.edit('new');
  graph.saving();
  graph.edit('formatted');
  later();
  graph.saved();
  assert.deepEqual(loaded, ['new', 'disk']);
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [true, false],
  );
});

test('a save of what has no edits, or is not followed, loads nothing before it is done', () => {
  graph.saving();
  const other = document('b.graph.ts');
  other.edit('other');
  other.saving();
  other.saved();
  const listed = new FakeDocument(graph.uri.fsPath, 'a listing');
  Object.assign(listed, { uri: new Uri('other', graph.uri.path) });
  listed.saving();
  listed.saved();
  later();
  assert.deepEqual(loaded, []);
});

test('an import that is saved meanwhile is loaded with the text that is being written', () => {
  graph.edit('new');
  imported.edit('text');
  imported.saving();
  graph.saving();
  later();
  imported.saved();
  later();
  graph.saved();
  later();
  assert.deepEqual(loaded, ['new', 'new']);
});

test('an import that was saved just before is not forgotten when the save is done', () => {
  graph.edit('new');
  imported.edit('text');
  graph.saving();
  imported.saved();
  graph.saved();
  later();
  assert.deepEqual(loaded, ['new', 'disk']);
});

test('edits that could not be saved count until they are given up', () => {
  graph.edit('new');
  graph.saving();
  later();
  graph.edit('newer');
  imported.saved();
  later();
  assert.deepEqual(loaded, ['new', 'new']);
  graph.edit('', { isDirty: false });
  later();
  assert.deepEqual(loaded, ['new', 'new', 'disk']);
});

test('a file that is not on disk is loaded when it is', () => {
  rmSync(graph.uri.fsPath);
  graph.edit('new');
  graph.saving();
  assert.deepEqual(loaded, []);
  writeFileSync(graph.uri.fsPath, 'new');
  graph.saved();
  assert.deepEqual(loaded, ['disk']);
});

test('a file that was deleted is loaded no more, and that is told', () => {
  const deleted: string[] = [];
  followed.onDidDelete((file) => deleted.push(file));
  graph.edit('new');
  graph.saving();
  imported.saved();
  onDisk.deleted.fire(graph.uri);
  onDisk.deleted.fire(imported.uri);
  later();
  assert.deepEqual(deleted, [graph.uri.fsPath]);
  assert.deepEqual(loaded, ['new']);
  assert.equal(signals[0]!.aborted, true);
});

test('a file that was renamed is loaded at its new place and followed there, no more at the old', () => {
  const deleted: string[] = [];
  followed.onDidDelete((file) => deleted.push(file));
  const old = graph.uri.fsPath;
  graph.edit('new');
  graph.saving();
  const moved = document('b.graph.ts');
  followed.move((path) => (path === old ? moved.uri.fsPath : path));
  assert.deepEqual(files, [old, moved.uri.fsPath]);
  assert.deepEqual(loaded, ['new', 'disk']);
  assert.equal(signals[0]!.aborted, true);
  followed.madeOf(moved.uri.fsPath, [moved.uri.fsPath]);
  onDisk.deleted.fire(graph.uri);
  later();
  moved.edit('newer');
  moved.saving();
  graph.saved();
  later();
  assert.deepEqual(deleted, []);
  assert.deepEqual(loaded, ['new', 'disk', 'newer']);
});

test('what other programs write is loaded, what the editor has written is not loaded again', async (t) => {
  const writtenAt = async (mtime: number) => {
    t.mock.method(workspace.fs, 'stat', async () => ({ type: FileType.File, mtime }));
    onDisk.changed.fire(graph.uri);
    await turn();
    later();
  };
  graph.edit('new');
  graph.saving();
  later();
  graph.saved();
  await writtenAt(Date.now() - 1);
  assert.deepEqual(loaded, ['new']);
  later();
  await writtenAt(Date.now());
  assert.deepEqual(loaded, ['new', 'disk']);
});

test('several files that are saved at once are loaded with the first, and once with all', () => {
  for (let i = 0; i < 5; i++) imported.saved();
  later();
  assert.deepEqual(loaded, ['disk', 'disk']);
});

test('nothing of a file that is followed no more is loaded', () => {
  graph.edit('new');
  graph.saving();
  imported.saved();
  followed.delete(graph.uri.fsPath);
  graph.saved();
  later();
  assert.deepEqual(loaded, ['new']);
  assert.equal(signals[0]!.aborted, true);
});

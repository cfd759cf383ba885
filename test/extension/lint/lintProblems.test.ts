import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import {
  Diagnostic,
  FakeDocument,
  Range,
  diagnostics,
  diagnosticsChanged,
  documentClosed,
  documentOpened,
  foreignDiagnostics,
  recorded,
  settings,
  settingsChanged,
} from '../../fakes/vscode.ts';
import { EXAMPLE_IMPORTS } from '../../../src/lint/rulesPage.ts';
import { applyEdits } from '../../../src/lint/textEdits.ts';

const { LintProblems } = await import('../../../src/extension/lint/lintProblems.ts');
const { LintFixes } = await import('../../../src/extension/lint/lintFixes.ts');

const graph = (edge: string) => `${EXAMPLE_IMPORTS}
const State = Annotation.Root({ n: Annotation<number>() });
export const graph = new StateGraph(State)
  .addNode('count', () => ({ n: 1 }))
  ${edge}
  .compile();
`;
const WRONG = graph(`.addEdge(START, 'count').addEdge('cuont', END)`);
const RIGHT = graph(`.addEdge(START, 'count')`);

let lint: InstanceType<typeof LintProblems>;

beforeEach(() => {
  recorded.splice(0);
  for (const map of [diagnostics, foreignDiagnostics, settings]) map.clear();
  mock.timers.enable({ apis: ['setTimeout'] });
  lint = new LintProblems();
});

afterEach(() => {
  lint.dispose();
  mock.timers.reset();
});

/** Lets time pass, and what was due be done. */
async function pass(ms: number): Promise<void> {
  mock.timers.tick(ms);
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}

async function open(text: string, path = '/a.graph.ts'): Promise<FakeDocument> {
  const document = new FakeDocument(path, text);
  documentOpened.fire(document);
  await pass(0);
  return document;
}

const shown = (path = '/a.graph.ts') => (diagnostics.get(path) ?? []).map(({ code }) => code);

test('a document is checked when it is opened, and its reports lead to the page of rules', async () => {
  await open(WRONG);
  const [code, ...others] = shown() as { value: string; target: { path: string; query: string } }[];
  assert.equal(others.length, 0);
  assert.equal(code?.value, 'unknown-node');
  assert.equal(code?.target.path, 'superstep.explainRule');
  assert.equal(code?.target.query, '["unknown-node"]');
});

test('while one types nothing is read; a quarter of a second after the last key it is, once', async () => {
  const document = await open(RIGHT);
  document.type(WRONG);
  await pass(200);
  document.type(`${WRONG}// more`);
  await pass(200);
  assert.deepEqual(shown(), []);
  await pass(50);
  assert.equal(shown().length, 1);
  assert.equal(recorded.length, 1);
});

test('a text that is in the midst of a change has no reports and no fixes', async () => {
  const document = await open(WRONG);
  assert.equal(lint.reportsOf(document as never).length, 1);
  document.type(`${WRONG}(`);
  assert.deepEqual(lint.reportsOf(document as never), []);
  await pass(250);
  assert.deepEqual(shown(), []);
});

test('what a loading of the file tells as well is told once, until that is gone', async () => {
  await open(WRONG);
  const said = new Diagnostic(new Range(0, 0, 0, 1), 'the same', 0);
  said.source = 'superstep';
  said.code = { value: 'UNKNOWN_NODE', target: undefined as never };
  const tell = (found: Diagnostic[]) => {
    foreignDiagnostics.set('/a.graph.ts', found);
    const uris = [new FakeDocument('/a.graph.ts').uri];
    diagnosticsChanged.fire({ uris });
  };
  tell([said]);
  assert.deepEqual(shown(), []);
  tell([]);
  assert.equal(shown().length, 1);
});

test('rules and the whole are switched off by settings, at once', async () => {
  const document = await open(WRONG);
  const { workspace } = await import('../../fakes/vscode.ts');
  workspace.textDocuments.splice(0, Infinity, document);
  const change = async (name: string, value: unknown) => {
    settings.set(name, value);
    settingsChanged.fire({ affectsConfiguration: (section) => section === 'superstep.lint' });
    await pass(0);
  };
  await change('rules', { 'unknown-node': 'information' });
  assert.equal(diagnostics.get('/a.graph.ts')?.[0]?.severity, 2);
  await change('rules', { 'unknown-node': 'off' });
  assert.deepEqual(shown(), []);
  await change('rules', {});
  assert.equal(shown().length, 1);
  await change('enabled', false);
  assert.deepEqual(shown(), []);
  workspace.textDocuments.splice(0);
});

test('a document that is closed is forgotten, also while it waits to be checked', async () => {
  const document = await open(WRONG);
  document.type(RIGHT);
  documentClosed.fire(document);
  await pass(1000);
  assert.deepEqual(recorded.slice(-1), ['/a.graph.ts: forgotten']);
});

test('files without graphs are left alone', async () => {
  await open('export const graph = 1;', '/plain.ts');
  assert.deepEqual(recorded, []);
});

test('each report offers its fixes, the best first, and a comment that silences it', async () => {
  const document = await open(WRONG);
  const provider = new LintFixes(lint);
  const [found] = diagnostics.get('/a.graph.ts')!;
  const actions = provider.provideCodeActions(document as never, found!.range as never, {
    diagnostics: [found] as never,
  });
  assert.deepEqual(
    actions.map(({ title, isPreferred }) => [title, isPreferred]),
    [
      ['Write "count"', true],
      ['Say nothing of unknown-node in this line', undefined],
    ],
  );
  assert.deepEqual(actions[0]!.diagnostics, [found]);
  for (const { edit } of actions) {
    const { replaced } = edit as unknown as {
      replaced: { range: Range; text: string }[];
    };
    const offset = ({ line, character }: Range['start']) =>
      WRONG.split('\n').slice(0, line).join('\n').length + (line > 0 ? 1 : 0) + character;
    const edits = replaced.map(({ range, text }) => ({
      start: offset(range.start),
      end: offset(range.end),
      text,
    }));
    document.type(applyEdits(WRONG, edits));
    await pass(250);
    assert.deepEqual(shown(), [], document.text);
  }
  const elsewhere = new Range(0, 0, 0, 0) as never;
  document.type(WRONG);
  await pass(250);
  assert.deepEqual(
    provider.provideCodeActions(document as never, elsewhere, { diagnostics: [] }),
    [],
  );
});

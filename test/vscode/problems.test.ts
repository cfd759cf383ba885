import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ConfigurationTarget,
  WorkspaceEdit,
  commands,
  languages,
  window,
  workspace,
  type CodeAction,
} from 'vscode';
import { TestFiles, graphText, nodeText, problemsOf, run, show, until } from './testFiles.ts';

suite('what is wrong with a graph file', () => {
  let files: TestFiles;

  setup(() => {
    files = new TestFiles();
  });

  teardown(async () => {
    await files.clean();
  });

  const broken: [name: string, text: string, line1: number, message: RegExp][] = [
    ['a syntax error', 'export const a = ;\n', 1, /./],
    ['an import that does not resolve', "import x from './missing.ts';\nx();\n", 1, /missing/],
    ['a file without a graph', 'export const a = 1;\n', 1, /graph/],
    [
      'a builder that cannot be compiled',
      graphText(".addNode('n', () => ({}))").replace(/\n\s*\.compile\(.*\)/, ''),
      4,
      /compile/,
    ],
    [
      'a graph with an unknown target',
      graphText(".addNode('n', () => ({}))\n  .addEdge(START, 'n')\n  .addEdge('n', 'nowhere')"),
      0,
      /nowhere/,
    ],
    [
      'a duplicate node',
      graphText(".addNode('n', () => ({}))\n  .addNode('n', () => ({}))\n  .addEdge(START, 'n')"),
      0,
      /"n"/,
    ],
    ['a graph without an entry', graphText(".addNode('n', () => ({}))"), 0, /START|entry/],
    ['a throw at the top level', "\nthrow new Error('too early');\n", 2, /too early/],
    ['process.exit() at the top level', '\n\nprocess.exit(3);\n', 0, /exit/],
  ];
  for (const [name, text, line1, message] of broken) {
    test(`puts ${name} into Problems, and takes it out when it is mended`, async () => {
      const uri = files.write('broken.graph.ts', text);
      await show(uri);
      assert.equal(await run(uri), undefined);
      const [problem, ...others] = problemsOf(uri);
      assert.ok(problem, 'no problem');
      assert.equal(others.length, 0);
      assert.match(problem.message, message);
      // 0: the place depends on how the library reports it, yet it is inside the definition.
      if (line1 > 0) assert.equal(problem.range.start.line + 1, line1);
      else console.log(`    ${name}: line ${problem.range.start.line + 1}: ${problem.message}`);
      writeFileSync(uri.fsPath, nodeText('() => ({ value: 1 })'));
      assert.equal((await run(uri))?.status, 'done');
      assert.deepEqual(problemsOf(uri), []);
    });
  }

  test('reports mistakes as one types, without running anything, and mends them by Quick Fix', async () => {
    const trace = join(files.folder, 'trace');
    const top = `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(trace)}, '');`;
    const calls = `.addNode('greet', () => ({ value: 1 }))\n  .addEdge(START, 'greet')`;
    const right = graphText(calls, top);
    const uri = files.write('typed.graph.ts', right);
    await show(uri);
    const { document } = window.activeTextEditor!;
    const reports = () =>
      languages.getDiagnostics(uri).filter(({ source }) => source === 'superstep lint');
    assert.deepEqual(reports(), []);
    const name = right.indexOf("START, '") + "START, '".length;
    const edit = new WorkspaceEdit();
    const place = document.positionAt(name);
    edit.insert(uri, place, 'no');
    assert.ok(await workspace.applyEdit(edit));
    await until('the report', () => reports().some(({ message }) => /no such node/.test(message)));
    const { range } = reports().find(({ message }) => /no such node/.test(message))!;
    const actions = await commands.executeCommand<CodeAction[]>(
      'vscode.executeCodeActionProvider',
      uri,
      range,
    );
    const fix = actions.find(({ title }) => title.startsWith('Write "'));
    assert.ok(fix?.edit, actions.map(({ title }) => title).join());
    assert.ok(await workspace.applyEdit(fix.edit));
    assert.equal(document.getText(), right);
    await until('no reports', () => reports().length === 0);
    await commands.executeCommand('undo');
    await until('the report again', () => reports().length > 0);
    assert.equal(existsSync(trace), false);
  });

  test('runs a builder that was not compiled, and says so in Problems as information', async () => {
    const text = nodeText('() => ({ value: 1 })').replace(/\n\s*\.compile\(.*\)/, '');
    const uri = files.write('builder.graph.ts', text);
    await show(uri);
    assert.equal((await run(uri))?.status, 'done');
    const [hint, ...others] = problemsOf(uri);
    assert.equal(others.length, 0);
    assert.match(hint?.message ?? '', /not compiled/);
    assert.equal(hint?.severity, 2);
  });

  const failures: [name: string, node: string, message: RegExp][] = [
    [
      'an Error with a cause',
      "() => { throw new Error('oops', { cause: new Error('disk on fire') }); }",
      /oops[^]*disk on fire/,
    ],
    ['a string', "() => { throw 'just text'; }", /just text/],
    ['null', '() => { throw null; }', /null/],
    [
      'nothing but a rejection nobody awaits',
      "async () => { void Promise.reject(new Error('lost')); await new Promise(() => {}); }",
      /lost/,
    ],
    ['process.exit()', '() => process.exit(1)', /exit/],
  ];
  for (const [name, node, message] of failures) {
    test(`reports a node that ends with ${name}`, async () => {
      const uri = files.write('failing.graph.ts', nodeText(node));
      await show(uri);
      const result = await run(uri);
      assert.equal(result?.status, 'failed');
      const told = problemsOf(uri).map((problem) => problem.message);
      assert.match([result.error?.message, ...told].join('\n'), message);
    });
  }

  test('reports a node that takes more memory than it may', async () => {
    const settings = workspace.getConfiguration('superstep');
    await settings.update('maxMemoryMb', 64, ConfigurationTarget.Global);
    try {
      const node = '() => { for (const all: unknown[] = []; ; ) all.push(Array(1e5).fill(all)); }';
      const uri = files.write('greedy.graph.ts', nodeText(node));
      const result = await run(uri);
      assert.equal(result?.status, 'failed');
      assert.match(
        result.error?.message ?? '',
        /more than 64 MB of memory.*the setting superstep\.maxMemoryMb/,
      );
      const [problem] = problemsOf(uri);
      const lines = nodeText(node).split('\n');
      const line0 = lines.findIndex((line) => line.includes(".addNode('n'"));
      assert.equal(problem?.range.start.line, line0);
    } finally {
      await settings.update('maxMemoryMb', undefined, ConfigurationTarget.Global);
    }
  });
});

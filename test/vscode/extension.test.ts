import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ConfigurationTarget,
  Range,
  Uri,
  WorkspaceEdit,
  commands,
  extensions,
  languages,
  window,
  workspace,
  type CodeAction,
  type TextDocument,
} from 'vscode';
import {
  TestFiles,
  graphText,
  lensTitles,
  nodeText,
  problemsOf,
  run,
  show,
  until,
} from './testFiles.ts';

const examples = join(import.meta.dirname, '../../examples');

suite('the extension', () => {
  let files: TestFiles;

  setup(() => {
    files = new TestFiles();
  });

  teardown(async () => {
    await files.clean();
  });

  /** Shows the output channel and gives its document. */
  async function output(): Promise<TextDocument> {
    await commands.executeCommand('superstep.showOutput');
    return until('the output channel', () =>
      workspace.textDocuments.find(
        ({ uri }) => uri.scheme === 'output' && uri.path.endsWith('Superstep'),
      ),
    );
  }

  test('has registered every command that package.json promises', async () => {
    const extension = extensions.all.find(({ id }) => id.endsWith('.superstep'));
    assert.ok(extension);
    await extension.activate();
    const { contributes } = extension.packageJSON as {
      contributes: { commands: { command: string }[] };
    };
    const known = new Set(await commands.getCommands(true));
    for (const { command } of contributes.commands) assert.ok(known.has(command), command);
    assert.equal(extension.exports, undefined);
  });

  test('shows lenses above the graphs of a file, without running it, and none when switched off', async () => {
    const trace = join(files.folder, 'trace');
    const top = `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(trace)}, '');`;
    const uri = files.write('a.graph.ts', nodeText('() => ({})', top));
    await show(uri);
    assert.deepEqual(await lensTitles(uri), ['$(play) Run', 'Run with Input…', 'Preview']);
    const settings = workspace.getConfiguration('superstep');
    await settings.update('codeLens', false, ConfigurationTarget.Global);
    try {
      assert.deepEqual(await lensTitles(uri), []);
    } finally {
      await settings.update('codeLens', undefined, ConfigurationTarget.Global);
    }
    assert.equal(existsSync(trace), false);
  });

  test('finds graphs in any file that imports LangGraph.js, and what functions make, and runs them', async () => {
    const make = `import { Annotation, START, StateGraph } from '@langchain/langgraph';
export async function make({ configurable }) {
  const State = Annotation.Root({ value: Annotation() });
  return new StateGraph(State).addNode('n', () => ({ value: typeof configurable })).addEdge(START, 'n').compile();
}
`;
    const uri = files.write('agent.js', make);
    const others = files.write('other.js', make.replace('@langchain/langgraph', './langgraph.js'));
    await show(others);
    assert.deepEqual(await lensTitles(others), []);
    await show(uri);
    const titles = ['$(play) Run', 'Run with Input…', 'Preview'];
    assert.deepEqual(await lensTitles(uri), titles);
    const settings = workspace.getConfiguration('superstep');
    await settings.update('files', ['elsewhere/**'], ConfigurationTarget.Global);
    try {
      assert.deepEqual(await lensTitles(uri), []);
    } finally {
      await settings.update('files', undefined, ConfigurationTarget.Global);
    }
    assert.deepEqual(await lensTitles(uri), titles);
    assert.deepEqual((await run(uri))?.state, { value: 'object' });
  });

  test('runs the graphs of a langgraph.json from there, under their names, and tells what is wrong in it', async () => {
    const graph = nodeText('() => ({ value: process.env.PLACE })').replace(`{ name: 'g' }`, '');
    const target = files.write('src/agent.ts', graph);
    const graphs = { agent: './src/agent.ts:g', other: './src/other.py:g' };
    const uri = files.write('langgraph.json', JSON.stringify({ graphs, env: { PLACE: 'Rome' } }));
    const document = await output();
    await show(uri);
    const told = await until('a problem', () => problemsOf(uri)[0]);
    assert.match(told.message, /"other" in ".\/src\/other\.py", which is neither TypeScript nor/);
    assert.deepEqual(await lensTitles(uri), ['$(play) Run', 'Run with Input…', 'Preview']);
    assert.deepEqual((await run(target, 'g'))?.state, { value: 'Rome' });
    await until('the name', () => /▶ agent$/m.test(document.getText()));
    writeFileSync(uri.fsPath, JSON.stringify({ graphs: { agent: graphs.agent } }));
    await until('no problem', () => problemsOf(uri).length === 0);
  });

  test('runs the example of two parallel nodes in the time of the slower one', async () => {
    const result = await run(Uri.file(join(examples, 'node-parallelism.graph.ts')));
    assert.equal(result?.status, 'done');
    assert.equal((result.state['messages'] as unknown[]).length, 3);
    const document = await output();
    await until('the summary', () => /speed-up +1\.\d\d×/.test(document.getText()));
  });

  test('a lens says what a run waits for, until the graph is run again', async () => {
    const asking = (node: string) => nodeText(node).replace('END,', 'END, interrupt,');
    const uri = files.write('asks.graph.ts', asking("() => ({ value: interrupt('Really?') })"));
    await show(uri);
    assert.equal((await run(uri))?.status, 'waiting');
    const idle = ['$(play) Run', 'Run with Input…', 'Preview'];
    assert.deepEqual(await lensTitles(uri), ['$(comment-discussion) Answer (1)', ...idle]);
    writeFileSync(uri.fsPath, asking('() => ({ value: 1 })'));
    assert.equal((await run(uri))?.status, 'done');
    assert.deepEqual(await lensTitles(uri), idle);
  });

  test('runs the example of parallel subgraphs', async () => {
    const result = await run(Uri.file(join(examples, 'subgraphs-basic.graph.ts')));
    assert.equal(result?.status, 'done');
    assert.match(String(result.state['article']), /questions about apples/);
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

  test('stops a node that never settles', async () => {
    const node = "() => { console.log('waits'); return new Promise(() => {}); }";
    const uri = files.write('endless.graph.ts', nodeText(node));
    const running = run(uri);
    const document = await output();
    await until('the first line', () => document.getText().includes('[n] waits'));
    await commands.executeCommand('superstep.stopRun', uri);
    assert.equal((await running)?.status, 'cancelled');
  });

  test('stops a busy loop, and answers meanwhile', async () => {
    const uri = files.write('busy.graph.ts', nodeText("() => { console.log('spins'); for (;;); }"));
    await show(uri);
    const running = run(uri);
    const document = await output();
    await until('the first line', () => document.getText().includes('[n] spins'));
    await until('the lens', async () => (await lensTitles(uri)).includes('$(debug-stop) Stop'));
    await commands.executeCommand('superstep.stopRun', uri);
    assert.equal((await running)?.status, 'cancelled');
  });

  test('stops a file that loops for ever while it is loaded', async () => {
    const started = join(files.folder, 'started');
    const uri = files.write(
      'endless.graph.ts',
      `import { writeFileSync } from 'node:fs';
writeFileSync(${JSON.stringify(started)}, '');
for (;;);
`,
    );
    const running = run(uri);
    await until('the start', () => existsSync(started));
    await commands.executeCommand('superstep.stopRun', uri);
    assert.equal(await running, undefined);
    assert.deepEqual(problemsOf(uri), []);
  });

  test('marks what does not fit in an input, and asks before it is run', async () => {
    const trace = join(files.folder, 'trace');
    const uri = files.write(
      'greet.graph.ts',
      `import { writeFileSync } from 'node:fs';
import { Annotation, END, START, StateGraph } from 'superstep';
const State = Annotation.Root({ name: Annotation<string>(), said: Annotation<string>() });
export const g = new StateGraph(State)
  .addNode('greet', ({ name }) => {
    writeFileSync(${JSON.stringify(trace)}, '');
    return { said: 'Hello, ' + name.toUpperCase() };
  })
  .addEdge(START, 'greet')
  .addEdge('greet', END)
  .compile({ name: 'g' });
`,
    );
    await commands.executeCommand('superstep.runGraphWithInput', uri, 'g');
    const input = await until('the input document', () => {
      const document = window.activeTextEditor?.document;
      return document?.uri.scheme === 'superstep-input' ? document : undefined;
    });
    const setText = async (text: string) => {
      const edit = new WorkspaceEdit();
      edit.replace(input.uri, new Range(0, 0, input.lineCount, 0), text);
      assert.ok(await workspace.applyEdit(edit));
    };
    const marks = () =>
      problemsOf(input.uri).map(
        ({ range, message }) => `${range.start.line}:${range.start.character} ${message}`,
      );
    assert.deepEqual(marks(), []);
    await setText('{\n  "name": 12,\n  "names": [1]\n}\n');
    await until('the warnings', () => marks().length === 2);
    assert.deepEqual(marks(), [
      '1:2 "name" is 12, and should be of type string',
      '2:2 "names" is no key of the graph\'s input; did you mean "name"?',
    ]);
    const refused = run(input.uri);
    // The first button edits the input.
    let isOver = false;
    void refused.then(() => (isOver = true));
    await until('the question', async () => {
      await commands.executeCommand('notification.acceptPrimaryAction');
      return isOver;
    });
    assert.equal(await refused, undefined);
    assert.equal(existsSync(trace), false);
    await setText('{ "name": "Ada" }\n');
    await until('no warnings', () => marks().length === 0);
    assert.equal((await run(input.uri))?.state['said'], 'Hello, ADA');
  });

  test('a second start of a graph that is just being started is the same run', async () => {
    const uri = files.write(
      'twice.graph.ts',
      nodeText(
        `async () => {
    writeFileSync(folder + '/run-' + process.hrtime.bigint(), '');
    return { value: readdirSync(folder).filter((name) => name.startsWith('run-')).length };
  }`,
        `import { readdirSync, writeFileSync } from 'node:fs';
const folder = ${JSON.stringify(files.folder)};`,
      ),
    );
    const results = await Promise.all([run(uri), run(uri)]);
    assert.deepEqual(
      results.map((result) => result?.state['value']),
      [1, 1],
    );
    assert.equal((await run(uri))?.state['value'], 2);
  });

  test('evaluates a file once for a run with all that comes before it: a preview, or a save', async () => {
    const log = join(files.folder, 'loads');
    const top = `import { appendFileSync } from 'node:fs';
appendFileSync(${JSON.stringify(log)}, 'x');`;
    /** How often files were evaluated since the last call. */
    const loads = (): number => {
      const { length } = existsSync(log) ? readFileSync(log, 'utf8') : '';
      rmSync(log, { force: true });
      return length;
    };
    const unseen = files.write('unseen.graph.ts', nodeText('() => ({ value: 1 })', top));
    await show(unseen);
    for (let round = 0; round < 2; round++) {
      await run(unseen, 'g');
      assert.equal(loads(), 1);
    }
    const seen = files.write('seen.graph.ts', nodeText('() => ({ value: 2 })', top));
    await commands.executeCommand('superstep.previewGraph', seen, 'g');
    assert.equal(loads(), 1);
    await run(seen, 'g');
    assert.equal(loads(), 0);
    await show(seen);
    const document = await workspace.openTextDocument(seen);
    const edit = new WorkspaceEdit();
    edit.insert(
      seen,
      document.lineAt(document.lineCount - 1).range.end,
      'export const more = 1;\n',
    );
    assert.ok(await workspace.applyEdit(edit));
    await document.save();
    await run(seen, 'g');
    assert.equal(loads(), 1);
  });

  test('goes on with a run whose file is changed and deleted meanwhile', async () => {
    const uri = files.write(
      'gone.graph.ts',
      nodeText(
        `async () => {
    writeFileSync(folder + '/started', '');
    while (!existsSync(folder + '/gate')) await new Promise((r) => setTimeout(r, 10));
    return { value: 'through' };
  }`,
        `import { existsSync, writeFileSync } from 'node:fs';
const folder = ${JSON.stringify(files.folder)};`,
      ),
    );
    await show(uri);
    const running = run(uri);
    await until('the start', () => existsSync(join(files.folder, 'started')));
    writeFileSync(uri.fsPath, 'export const nothing = 1;\n');
    await commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(uri.fsPath);
    files.write('gate', '');
    assert.equal((await running)?.state['value'], 'through');
  });

  test('shows all of 100,000 console lines, in order', async () => {
    const uri = files.write(
      'loud.graph.ts',
      nodeText('() => { for (let i = 1; i <= 100_000; i++) console.log(`line ${i}`); return {}; }'),
    );
    assert.equal((await run(uri))?.status, 'done');
    const document = await output();
    await until('the last line', () => document.getText().includes('[n] line 100000'));
  });

  test('returns a state of 50 MB whole, and prints a part of it', async () => {
    const uri = files.write(
      'large.graph.ts',
      nodeText("() => ({ value: 'x'.repeat(50 * 1024 * 1024) })"),
    );
    const result = await run(uri);
    assert.equal((result?.state['value'] as string).length, 50 * 1024 * 1024);
    const document = await output();
    await until('the state', () => /Final state\n[^]*x{1000}/.test(document.getText()));
  });

  test('takes a state of values that cannot be sent between threads', async () => {
    const uri = files.write(
      'odd.graph.ts',
      nodeText(
        `() => {
    class Point { x = 1; }
    const cycle: any = { point: new Point(), call: () => 1, big: 12n, map: new Map([[1, 2]]) };
    cycle.self = cycle;
    return { value: cycle };
  }`,
      ),
    );
    assert.equal((await run(uri))?.status, 'done');
  });

  test('runs files whose paths are hostile to URLs', async () => {
    const hostile = new TestFiles('100% größe #1 ? & 日本');
    try {
      const uri = hostile.write('a file #2.graph.ts', nodeText("() => ({ value: 'here' })"));
      await show(uri);
      assert.equal((await run(uri))?.state['value'], 'here');
      assert.deepEqual(await lensTitles(uri), ['$(play) Run', 'Run with Input…', 'Preview']);
    } finally {
      await hostile.clean();
    }
  });

  test('previews 300 nodes and hostile names', async () => {
    const names = ['"quoted"', '[brackets]', 'end', '<b>html</b>', '🦊', 'x'.repeat(200)];
    const all = [...names, ...Array.from({ length: 294 }, (_, i) => `node ${i}`)];
    const calls = all.map((name) => `.addNode(${JSON.stringify(name)}, () => ({}))`);
    const edges = all.map((name) => `.addEdge(START, ${JSON.stringify(name)})`);
    const uri = files.write('many.graph.ts', graphText([...calls, ...edges].join('\n  ')));
    await commands.executeCommand('superstep.previewGraph', uri, 'g');
    // The editor tells of new tabs a moment later.
    const labels = () => window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
    await until('the panel', () => labels().includes('Preview g'));
    assert.deepEqual(problemsOf(uri), []);
  });

  test('keeps the panel beside its source, with a tab that says which graph it is', async () => {
    const first = files.write('one/trip.graph.ts', graphText(nodeText('a', '() => ({})')));
    const second = files.write('two/trip.graph.ts', graphText(nodeText('a', '() => ({})')));
    const tabs = () => window.tabGroups.all.flatMap(({ tabs }) => tabs);
    const labels = () => tabs().map(({ label }) => label);
    await commands.executeCommand('superstep.previewGraph', first, 'g');
    await until('the panel', () => labels().includes('Preview g'));
    await commands.executeCommand('superstep.previewGraph', second, 'g');
    await until('both panels', () => labels().includes('Preview g (two/trip.graph.ts)'));
    assert.ok(labels().includes('Preview g (one/trip.graph.ts)'));

    const panel = () => tabs().find(({ label }) => label.includes('(one/'));
    const column = panel()?.group.viewColumn;
    const editor = await window.showTextDocument(first, column && { viewColumn: column });
    await commands.executeCommand('superstep.previewGraph', first, 'g');
    await until('the panel in another column', () => panel()?.group.viewColumn !== column);
    assert.ok(window.visibleTextEditors.includes(editor));
  });
});

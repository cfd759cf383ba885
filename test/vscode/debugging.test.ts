import assert from 'node:assert/strict';
import {
  Location,
  Position,
  SourceBreakpoint,
  commands,
  debug,
  type DebugSession,
  type Disposable,
  type Uri,
} from 'vscode';
import { TestFiles, graphText, nodeText, run, show, until, type Outcome } from './testFiles.ts';

/** A session that a breakpoint holds. */
interface Stop {
  readonly session: DebugSession;
  readonly threadId: number;
  readonly reason: string;
}

interface StackFrame {
  readonly id: number;
  readonly line: number;
  readonly source?: { readonly path?: string };
}

suite('a graph that is debugged', () => {
  let files: TestFiles;
  let tracking: Disposable[];
  let stops: Stop[];
  /** The sessions that have started, and have not ended: the editor's active one may be an old one. */
  let open: Set<string>;

  setup(() => {
    files = new TestFiles();
    stops = [];
    open = new Set();
    tracking = [
      debug.onDidStartDebugSession(({ id }) => open.add(id)),
      debug.onDidTerminateDebugSession(({ id }) => open.delete(id)),
      debug.registerDebugAdapterTrackerFactory('*', {
        createDebugAdapterTracker: (session) => ({
          onDidSendMessage({ event, body }: { event?: string; body?: Omit<Stop, 'session'> }) {
            if (event === 'stopped') stops.push({ ...body!, session });
          },
        }),
      }),
    ];
  });

  teardown(async () => {
    for (const each of tracking) each.dispose();
    debug.removeBreakpoints(debug.breakpoints);
    await files.clean();
  });

  const tells = "() => {\n    const told = 'from the node';\n    ";
  const returns = `${tells}return { value: [told, process.pid] };\n  }`;
  const isTested = "export const tests = { 'is held': { input: {} } };\n";

  /** Writes a graph with a breakpoint in the second line of its node. */
  async function writeGraph(name: string, { node = returns, more = '' } = {}): Promise<Uri> {
    const uri = files.write(name, nodeText(node) + more);
    await show(uri);
    debug.addBreakpoints([new SourceBreakpoint(new Location(uri, new Position(6, 4)))]);
    return uri;
  }

  const start = (uri: Uri) =>
    commands.executeCommand<Outcome | undefined>('superstep.debugGraph', uri, 'g');

  /** The editor hears of tests some time after they have been found, and would run none before. */
  async function startTests(uri: Uri): Promise<void> {
    await until('the tests of the file', async () => {
      const known = await commands.executeCommand<unknown[]>('vscode.testing.getTestsInFile', uri);
      return known.length > 0;
    });
    void commands.executeCommand('testing.debugCurrentFile', [uri]);
  }

  const nextStop = () => until('a stop at the breakpoint', () => stops.shift());

  async function topFrame({ session, threadId }: Stop): Promise<StackFrame> {
    const { stackFrames } = (await session.customRequest('stackTrace', { threadId })) as {
      stackFrames: StackFrame[];
    };
    return stackFrames[0]!;
  }

  async function evaluate(stop: Stop, expression: string): Promise<string> {
    const { id: frameId } = await topFrame(stop);
    const what = { expression, frameId, context: 'watch' };
    const { result } = (await stop.session.customRequest('evaluate', what)) as { result: string };
    return result;
  }

  test('stops at a breakpoint in a node, shows its variables, and goes on', async () => {
    const uri = await writeGraph('stops.graph.ts');
    const running = start(uri);
    const stop = await nextStop();
    const frame = await topFrame(stop);
    assert.match(frame.source?.path ?? '', /stops\.graph\.ts$/);
    assert.equal(frame.line, 7);
    assert.equal(await evaluate(stop, 'told'), "'from the node'");
    await stop.session.customRequest('continue', { threadId: stop.threadId });
    const outcome = await running;
    assert.equal(outcome?.status, 'done');
    assert.notEqual((outcome.state['value'] as [string, number])[1], process.pid);
    await until('the end of its sessions', () => open.size === 0);
  });

  test('ends with its session, and leaves no process', async () => {
    const uri = await writeGraph('ended.graph.ts');
    const running = start(uri);
    const stop = await nextStop();
    const pid = Number(await evaluate(stop, 'process.pid'));
    await debug.stopDebugging();
    assert.match((await running)?.status ?? '', /done|cancelled/);
    await until('the end of the process', () => !isAlive(pid));
  });

  test('ends its session when it is stopped', async () => {
    const uri = await writeGraph('stopped.graph.ts');
    const running = start(uri);
    const pid = Number(await evaluate(await nextStop(), 'process.pid'));
    await commands.executeCommand('superstep.stopRun', uri, 'g');
    assert.equal((await running)?.status, 'cancelled');
    await until('the end of the process', () => !isAlive(pid));
    await until('the end of its sessions', () => open.size === 0);
  });

  test('begins by a launch configuration, and once more by Restart', async () => {
    const uri = await writeGraph('launched.graph.ts');
    const what = { file: uri.fsPath, graph: 'g', input: { value: 'given' }, env: { TOWN: 'Rome' } };
    const launch = { type: 'superstep', request: 'launch', name: 'Mine', ...what };
    // The session of the run takes the place of the one that is asked for.
    assert.equal(await debug.startDebugging(undefined, launch), false);
    const stop = await nextStop();
    assert.equal(await evaluate(stop, 'process.env.TOWN'), "'Rome'");
    const pid = Number(await evaluate(stop, 'process.pid'));
    await commands.executeCommand('workbench.action.debug.restart');
    const again = await nextStop();
    assert.notEqual(Number(await evaluate(again, 'process.pid')), pid);
    await until('the end of the process', () => !isAlive(pid));
    assert.equal(await evaluate(again, 'process.env.TOWN'), "'Rome'");
    await debug.stopDebugging();
    await until('the end of its sessions', () => open.size === 0);
  });

  test('stops in a test that is debugged in the Test Explorer, which ends with its session', async () => {
    await startTests(await writeGraph('tested.graph.ts', { more: isTested }));
    const stop = await nextStop();
    const frame = await topFrame(stop);
    assert.match(frame.source?.path ?? '', /tested\.graph\.ts$/);
    assert.equal(await evaluate(stop, 'told'), "'from the node'");
    const pid = Number(await evaluate(stop, 'process.pid'));
    assert.notEqual(pid, process.pid);
    await debug.stopDebugging();
    await until('the end of the process', () => !isAlive(pid));
    await until('the end of its sessions', () => open.size === 0);
  });

  for (const [what, isHeld] of [
    ['is held at a breakpoint', true],
    ['loops for ever', false],
  ] as const) {
    test(`ends a test that is debugged and ${what} when the tests are cancelled`, async () => {
      const node = `${tells}for (;;) told.at(0);\n  }`;
      await startTests(await writeGraph('cancelled.graph.ts', { node, more: isTested }));
      const stop = await nextStop();
      const pid = Number(await evaluate(stop, 'process.pid'));
      if (!isHeld) {
        const { source } = await topFrame(stop);
        await stop.session.customRequest('setBreakpoints', { source, breakpoints: [] });
        await stop.session.customRequest('continue', { threadId: stop.threadId });
      }
      await commands.executeCommand('testing.cancelRun');
      await until('the end of the process', () => !isAlive(pid));
      await until('the end of its sessions', () => open.size === 0);
    });
  }

  test('stops at a breakpoint in a node that runs on a worker thread', async () => {
    const uri = await writeGraph('worker.graph.ts', { node: `${returns}, { thread: true }` });
    const running = start(uri);
    const stop = await nextStop();
    const frame = await topFrame(stop);
    assert.match(frame.source?.path ?? '', /worker\.graph\.ts$/);
    assert.equal(frame.line, 7);
    assert.equal(await evaluate(stop, 'told'), "'from the node'");
    await stop.session.customRequest('continue', { threadId: stop.threadId });
    assert.equal((await running)?.status, 'done');
    await until('the end of its sessions', () => open.size === 0);
  });

  test('stops where a node throws, once the debugger is told to stop at exceptions', async () => {
    const uri = await writeGraph('throws.graph.ts', {
      node: `${tells}throw new Error(told);\n  }`,
    });
    const running = start(uri);
    const stop = await nextStop();
    await stop.session.customRequest('setExceptionBreakpoints', { filters: ['all'] });
    debug.removeBreakpoints(debug.breakpoints);
    await stop.session.customRequest('continue', { threadId: stop.threadId });
    const thrown = await nextStop();
    assert.equal(thrown.reason, 'exception');
    const frame = await topFrame(thrown);
    assert.match(frame.source?.path ?? '', /throws\.graph\.ts$/);
    assert.equal(frame.line, 7);
    await thrown.session.customRequest('continue', { threadId: thrown.threadId });
    assert.equal((await running)?.status, 'failed');
    await until('the end of its sessions', () => open.size === 0);
  });

  test('goes back to a node that has failed, and stops at its first line', async () => {
    const uri = files.write(
      'fails.graph.ts',
      graphText(
        `.addNode('first', () => ({ value: process.pid }))
  .addNode('second', ({ value }) => {
    const before = value;
    throw new Error('no ' + before);
  })
  .addEdge(START, 'first')
  .addEdge('first', 'second')`,
      ),
    );
    await show(uri);
    const failed = (await run(uri)) as Outcome & { readonly threadId: string };
    assert.equal(failed.status, 'failed');
    const thread = { threadId: failed.threadId, beganAs: uri.fsPath };
    const place = [uri, 'g', 'second', thread];
    const running = commands.executeCommand<Outcome>('superstep.debugNode', ...place);
    const stop = await nextStop();
    assert.equal((await topFrame(stop)).line, 7);
    // What came before it does not run again.
    assert.equal(await evaluate(stop, 'value'), String(process.pid));
    await stop.session.customRequest('continue', { threadId: stop.threadId });
    assert.equal((await running).status, 'failed');
    await until('the end of its sessions', () => open.size === 0);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

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
import { TestFiles, nodeText, show, until, type Outcome } from './testFiles.ts';

/** A session that a breakpoint holds. */
interface Stop {
  readonly session: DebugSession;
  readonly threadId: number;
}

interface StackFrame {
  readonly id: number;
  readonly line: number;
  readonly source?: { readonly path?: string };
}

suite('a graph that is debugged', () => {
  let files: TestFiles;
  let tracking: Disposable;
  let stops: Stop[];

  setup(() => {
    files = new TestFiles();
    stops = [];
    tracking = debug.registerDebugAdapterTrackerFactory('*', {
      createDebugAdapterTracker: (session) => ({
        onDidSendMessage(message: { event?: string; body?: { threadId: number } }) {
          if (message.event !== 'stopped') return;
          stops.push({ session, threadId: message.body!.threadId });
        },
      }),
    });
  });

  teardown(async () => {
    tracking.dispose();
    debug.removeBreakpoints(debug.breakpoints);
    await files.clean();
  });

  /** Writes a graph with a breakpoint in its node. */
  async function writeGraph(name: string): Promise<Uri> {
    const uri = files.write(
      name,
      nodeText(
        "() => {\n    const told = 'from the node';\n    return { value: [told, process.pid] };\n  }",
      ),
    );
    await show(uri);
    debug.addBreakpoints([new SourceBreakpoint(new Location(uri, new Position(6, 4)))]);
    return uri;
  }

  const start = (uri: Uri) =>
    commands.executeCommand<Outcome | undefined>('superstep.debugGraph', uri, 'g');

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
    await until('the end of the session', () => debug.activeDebugSession === undefined);
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
    await until('the end of the session', () => debug.activeDebugSession === undefined);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

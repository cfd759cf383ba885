import { Uri, extensions, window, type DebugConfiguration, type WorkspaceFolder } from 'vscode';
import type { RunResult } from '../../runner/runner.ts';
import type { GraphCommands, RunWish } from '../commands.ts';
import type { GraphTarget } from '../graphs/graphFile.ts';
import type { ForkedThread } from '../runs/keptThreads.ts';
import { mayRun } from '../trust.ts';
import type { Runtime } from './chooseRuntime.ts';
import type { Debugging } from './debugging.ts';
import { findRuntime } from './findRuntime.ts';
import { readLaunch } from './launch.ts';

/** The editor's own debugger of JavaScript. */
const JS_DEBUG = 'ms-vscode.js-debug';

/** How a graph is to be debugged. */
interface DebugWish extends Omit<RunWish, 'debug'> {
  /** What a launch configuration names. */
  readonly runtime?: string | undefined;
  /** Where the debugger stops by itself. Default: nowhere. */
  readonly stop?: Pick<Debugging, 'start' | 'stopAt'>;
}

/** Runs graphs under the editor's debugger. */
export class DebugCommands {
  readonly #graphs: GraphCommands;

  constructor(graphs: GraphCommands) {
    this.#graphs = graphs;
  }

  /**
   * Debugs a graph from its beginning.
   * @returns As `runGraph`.
   */
  async debugGraph(
    uri?: unknown,
    exportName?: unknown,
    wish: DebugWish = {},
  ): Promise<RunResult | undefined> {
    const { runtime, stop, ...rest } = wish;
    const found = await this.#prepare(uri, runtime);
    const again = ({ file, exportName }: GraphTarget) =>
      this.debugGraph(Uri.file(file), exportName, wish);
    const debug = found && { ...stop, runtime: found, again };
    return debug && this.#graphs.runGraph(uri, exportName, { ...rest, debug });
  }

  /**
   * Debugs one node: the debugger stops at its first line. Follows menus, and the button of a message;
   * anybody else may call it with anything.
   * @param nodeId As `TaskInfo.nodeId`.
   * @param thread A {@link ForkedThread} that has come to it; without one the graph runs from its beginning.
   * @returns As `runGraph`.
   */
  async debugNode(
    uri?: unknown,
    exportName?: unknown,
    nodeId?: unknown,
    thread?: unknown,
  ): Promise<RunResult | undefined> {
    if (!(uri instanceof Uri) || typeof exportName !== 'string' || typeof nodeId !== 'string')
      return;
    if (!isThread(thread)) return this.debugGraph(uri, exportName, { stop: { stopAt: nodeId } });
    const runtime = await this.#prepare(uri);
    const debug = runtime && { runtime, stopAt: nodeId };
    const target = { file: uri.fsPath, exportName };
    return debug && this.#graphs.runFrom(target, thread, {}, { debug });
  }

  /** Does what a launch configuration says. */
  async launch(folder: WorkspaceFolder | undefined, given: DebugConfiguration): Promise<void> {
    let launch;
    try {
      launch = readLaunch(given, folder?.uri.fsPath);
    } catch (error) {
      return void window.showErrorMessage((error as Error).message);
    }
    const { file, graph, input, thread: threadId, env, runtime, stopOnEntry, noDebug } = launch;
    const uri = file === undefined ? undefined : Uri.file(file);
    const wish = { input, threadId, env };
    if (noDebug) return void (await this.#graphs.runGraph(uri, graph, wish));
    const stop = stopOnEntry && { stop: { start: 'stopped' as const } };
    await this.debugGraph(uri, graph, { ...wish, runtime, ...stop });
  }

  /** The program to debug with; `undefined` where nothing can be debugged, which the user was told. */
  async #prepare(uri: unknown, ofLaunch?: string): Promise<Runtime | undefined> {
    if (!mayRun()) return undefined;
    // It takes its time to get ready, which passes while the file is loaded.
    void extensions
      .getExtension(JS_DEBUG)
      ?.activate()
      .then(undefined, () => {});
    return findRuntime(uri instanceof Uri ? uri : undefined, ofLaunch);
  }
}

function isThread(given: unknown): given is ForkedThread {
  const { threadId, beganAs } = (given ?? {}) as Record<string, unknown>;
  return typeof threadId === 'string' && typeof beganAs === 'string';
}

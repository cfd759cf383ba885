import { GRAPH, type GraphHandle } from '../../engine/model/graphHandle.ts';
import type { Clock } from '../../engine/model/clock.ts';
import { checkOptions, type OptionTable } from '../../engine/model/checkOptions.ts';
import { show, SuperstepError } from '../../engine/model/errors.ts';
import type { ErrorInfo, TaskInfo } from '../../engine/model/events.ts';
import type { Bundle } from '../../loader/bundle/bundle.ts';
import { evaluateBundle } from '../../loader/bundle/evaluateBundle.ts';
import { listGraphs, type LoadedGraph } from '../../loader/listGraphs.ts';
import { LoadError } from '../../loader/loadError.ts';
import { toProblem } from '../../loader/locate.ts';
import type { GraphTest } from '../../testing/index.ts';
import type * as testingModule from '../../testing/index.ts';
import { runnerError } from '../errors.ts';
import type { TestReport } from '../../protocol/graphTests.ts';
import type { Redactor } from '../redact.ts';
import { toPlain } from '../wire.ts';
import type { ShippedUrls, ToThread } from '../workerThread.ts';
import { pickGraph, type RunnableGraph } from './graphFile.ts';
import type { Channel } from './graphJob.ts';
import { failureOf } from './testFailure.ts';

type Order = Extract<ToThread, { type: 'test' }>;
type Testing = typeof testingModule;
type TestedGraph = Parameters<Testing['runTest']>[0];

/** A test with the graph that it is of. */
interface Item {
  readonly name: string;
  readonly test: GraphTest;
  /** Of a graph that the file itself has made. */
  readonly graph?: TestedGraph;
}

/** Where the library keeps a list of the tests that a file adds. */
const ADDED_TESTS = Symbol.for('superstep.tests');

/** Of a test that does not say it. */
const DEFAULT_LIMIT_MS = 10_000;

/** So many lines of a test are kept. */
const MAX_LINES = 1000;

const OPTIONS: OptionTable<GraphTest> = {
  names: {
    graph: true,
    input: true,
    nodes: true,
    resume: true,
    config: true,
    expect: true,
    snapshot: true,
    cassette: true,
    timeoutMs: true,
  },
};

/** Runs the tests of a file, one after another, in this thread. */
export class TestJob {
  readonly #channel: Channel;
  readonly #redactor: Redactor;
  readonly #shipped: ShippedUrls;
  readonly #clock: Clock | undefined;
  #handle: GraphHandle | undefined;
  #cassette = '';
  #output: string[] = [];
  #refusal: (() => number) | undefined;
  #isRefused = false;
  #startOver: () => void = () => {};
  /** A file is tested: what is written to the console belongs to its tests. */
  isUnderWay = false;

  /** @param clock Of the runs. Default: the system's. */
  constructor(channel: Channel, redactor: Redactor, shipped: ShippedUrls, clock?: Clock) {
    this.#channel = channel;
    this.#redactor = redactor;
    this.#shipped = shipped;
    this.#clock = clock;
  }

  /** The task that the calling code belongs to. */
  currentTask(): TaskInfo | undefined {
    return this.#handle?.currentTask();
  }

  /** The name of the recording of the test that runs. */
  get cassette(): string {
    return this.#cassette;
  }

  /** A refusal for a request to a model, where the run is to get one. The next try is let through. */
  refuse(): Response | undefined {
    this.#isRefused = !this.#isRefused && this.#refusal !== undefined && this.#refusal() < 0.5;
    if (!this.#isRefused) return undefined;
    const error = { code: 'rate_limit_exceeded', message: 'Refused once by --shuffle' };
    return Response.json({ error }, { status: 429, headers: { 'retry-after-ms': '1' } });
  }

  /** Takes what a test writes to the console. */
  write(text: string): void {
    if (this.#output.length < MAX_LINES) this.#output.push(...text.split('\n'));
  }

  /** @param startOver Called before each test: its calls of models belong to another recording. */
  async run(order: Order, startOver: () => void): Promise<void> {
    this.isUnderWay = true;
    this.#startOver = startOver;
    this.#channel.post({ type: 'testsLoading' });
    const { bundle, names, shuffle } = order;
    try {
      const { items, graphs } = await this.#load(bundle);
      const tests = items.map(({ name, test }) => ({
        name,
        limitMs: (test?.timeoutMs ?? DEFAULT_LIMIT_MS) * (shuffle > 0 ? 2 : 1),
      }));
      this.#channel.post({ type: 'testsFound', tests });
      const testing = (await import(this.#shipped['superstep/testing']!)) as Testing;
      for (const item of items) {
        if (names && !names.includes(item.name)) continue;
        this.#channel.post({ type: 'testStarted', name: item.name });
        this.#output = [];
        startOver();
        const report = await this.#test(item, { bundle, graphs, testing, shuffle });
        this.#channel.post({ type: 'testEnded', report: this.#plain(report) });
      }
      this.#channel.post({ type: 'tested' });
    } catch (error) {
      const problems = error instanceof LoadError ? error.problems : [toProblem(error, bundle)];
      this.#channel.post({ type: 'loadFailed', problems: this.#plain(problems) });
    }
  }

  async #load(bundle: Bundle) {
    const added: (Item & { readonly graph: TestedGraph })[] = [];
    (globalThis as { [ADDED_TESTS]?: unknown })[ADDED_TESTS] = added;
    const exports = await evaluateBundle(bundle);
    const listed = Object.entries(testsIn(exports['tests'], bundle.file));
    const items: Item[] = [...listed.map(([name, test]) => ({ name, test })), ...added];
    if (items.length === 0) {
      const message =
        "There are no tests in this file: export them, as in export const tests = { 'says hello': { input: {}, expect: { state: {} } } }, or add them with test() of superstep/testing";
      const problem = { severity: 'error', code: 'NO_TESTS', message, file: bundle.file } as const;
      throw new LoadError([problem]);
    }
    const graphs = listed.length > 0 ? await listGraphs(exports, bundle) : [];
    return { items, graphs };
  }

  async #test(
    item: Item,
    {
      bundle,
      graphs,
      testing,
      shuffle,
    }: {
      readonly bundle: Bundle;
      readonly graphs: readonly LoadedGraph[];
      readonly testing: Testing;
      readonly shuffle: number;
    },
  ): Promise<TestReport<ErrorInfo>> {
    const { name } = item;
    const started = performance.now();
    const notes: string[] = [];
    let told: Pick<TestReport<ErrorInfo>, 'snapshot' | 'coverage' | 'failure'> = {};
    try {
      const { graph, test, exportName } = resolve(item, { file: bundle.file, graphs });
      this.#handle = (graph as { readonly [GRAPH]?: GraphHandle })[GRAPH];
      this.#cassette = test.cassette ?? name;
      const run = await testing.runTest(this.#withClock(graph), test, {
        onRun: (ran) => {
          told = { ...told, coverage: { graph: exportName ?? graph.name, ...ran.coverage } };
        },
      });
      if (run.status === 'failed' && typeof test.expect === 'function') {
        notes.push(
          `the run failed, and the function under expect let it pass: ${reasonOf(run.error)}`,
        );
      }
      const { snapshot } = test;
      if (snapshot) {
        const value: unknown = snapshot === true ? run.state : snapshot(run);
        told = { ...told, snapshot: { value: testing.comparableTo(value) } };
      }
      if (shuffle > 0) notes.push(...(await this.#shuffle({ graph, test, testing, shuffle })));
    } catch (error) {
      told = { ...told, failure: failureOf(error) };
    }
    const durationMs = performance.now() - started;
    return { name, durationMs, ...told, output: this.#output, notes };
  }

  #withClock(graph: TestedGraph): TestedGraph {
    const handle = (graph as { readonly [GRAPH]?: GraphHandle })[GRAPH];
    if (!this.#clock || !handle?.forHost) return graph;
    return handle.forHost({ clock: this.#clock }) as TestedGraph;
  }

  /** Throws for what differs. */
  async #shuffle({
    graph,
    test,
    testing,
    shuffle,
  }: {
    readonly graph: TestedGraph;
    readonly test: GraphTest;
    readonly testing: Testing;
    readonly shuffle: number;
  }): Promise<string[]> {
    const { input = {}, nodes, resume, config } = test;
    const { races, unstable } = await testing.findRaces(graph, input, {
      ...(nodes && { nodes }),
      ...(resume && { resume }),
      ...(config && { config }),
      runs: shuffle,
      onFaults: (random) => {
        this.#refusal = random;
        this.#startOver();
      },
    });
    const [race] = races;
    if (race) {
      const more = races.length > 1 ? ` (the same or another with ${races.length - 1} more)` : '';
      const { differences } = race;
      const side = (of: 'expected' | 'actual') =>
        Object.fromEntries(differences.map((each) => [each.about, each[of]]));
      const { name, code, message } = runnerError('STATE_DIFFERS', `${race.message}${more}`);
      const sides = { expected: side('expected'), actual: side('actual') };
      throw Object.assign(new Error(message), { name, code, stack: '', ...sides });
    }
    return unstable.map((about) => `${about} differs from run to run and was not compared`);
  }

  #plain<T>(value: T): T {
    return toPlain(value, { redactor: this.#redactor }) as T;
  }
}

/** What a file exports as `tests`, if that is tests by name. */
function testsIn(exported: unknown, file: string): Readonly<Record<string, GraphTest>> {
  if (exported === undefined) return {};
  if (isRecord(exported)) return exported as Readonly<Record<string, GraphTest>>;
  const message = `The file exports ${show(exported)} as "tests": export an object that has tests by name, as in { 'says hello': { input: {}, expect: { state: {} } } }`;
  throw new LoadError([{ severity: 'error', code: 'INVALID_OPTION', message, file }]);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : show(error);
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The graph of a test, its input that of the file where it has none. */
function resolve(
  { name, test, graph }: Item,
  { file, graphs }: { readonly file: string; readonly graphs: readonly LoadedGraph[] },
): { readonly graph: TestedGraph; readonly test: GraphTest; readonly exportName?: string } {
  if (!isRecord(test)) {
    const message = `Test "${name}" is ${show(test)}: write it as an object, as in { input: {}, expect: { state: {} } }`;
    throw new SuperstepError('INVALID_OPTION', message, { value: test });
  }
  checkOptions(OPTIONS, test, `Test "${name}"`);
  if (graph) return { graph, test };
  const { graph: found } = pickGraph(graphs as unknown as RunnableGraph[], {
    file,
    exportName: test.graph,
  });
  const own = 'input' in test || !found.hasInput ? test : { ...test, input: found.input };
  return {
    graph: found.graph as unknown as TestedGraph,
    test: own,
    exportName: found.exportName,
  };
}

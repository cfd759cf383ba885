import { inspect, isDeepStrictEqual } from 'node:util';
import type { Command, CompiledStateGraph } from '../engine/index.ts';
import { comparableTo } from './comparableTo.ts';
import { byList, bySeed, randomOf } from './completionOrder.ts';
import type { GraphRun } from './graphRun.ts';
import { runInOrder, type AnyGraph, type TestOptions, type TrialRun } from './runGraph.ts';

/** How `findRaces` runs a graph. */
export interface RaceOptions extends Omit<TestOptions, 'seed'> {
  /** How many orders are tried. Default 50. */
  readonly runs?: number;
  /**
   * Called before each run with a number from 0 up to 1 for each request to a model that is to be
   * refused once (429), or `undefined` for none; whoever stands before the models heeds it.
   * @internal
   */
  readonly onFaults?: (random: (() => number) | undefined) => void;
}

/** A run that came to another end than the first. */
export interface Race {
  /** The same seed tries the same again. */
  readonly seed: number;
  /** What was done to the run, beside the order of its nodes. */
  readonly faults: readonly string[];
  /** What differs: `status`, `error`, or a key of the state, as it was at first and is now. */
  readonly differences: readonly {
    readonly about: string;
    readonly expected: unknown;
    readonly actual: unknown;
  }[];
  /** The two nodes whose order makes the difference; absent where it is not their order. */
  readonly writers?: readonly [string, string];
  /** All of it in a sentence or two. */
  readonly message: string;
}

/** What comes of the races of a graph. */
export interface Races {
  /** One for each seed with another end. */
  readonly races: readonly Race[];
  /** What differs from run to run even in the same order, such as times, and was not compared. */
  readonly unstable: readonly string[];
}

type Trials = (options: {
  readonly turns?: readonly string[];
  readonly seed?: number;
  readonly holdsStarts?: boolean;
  readonly failing?: string | undefined;
  readonly refuses?: boolean;
}) => Promise<TrialRun>;

/**
 * Runs a graph in many orders: nodes that run at the same time end, and in every other run begin, in an
 * order that a seed chooses; in a third of the runs a node fails once and the run is gone on with. The state
 * must be the same each time; of one that is not, the two nodes are found whose order matters.
 *
 * @param graph As `compile` returns it. It stays as it is.
 * @throws {SuperstepError} As `runGraph`.
 * @example
 * ```ts
 * import { Annotation, START, StateGraph } from 'superstep';
 * import { findRaces } from 'superstep/testing';
 * let last = '';
 * const graph = new StateGraph(Annotation.Root({ winner: Annotation<string>() }))
 *   .addNode('left', async () => { last = await 'left'; })
 *   .addNode('right', async () => { last = await 'right'; })
 *   .addNode('tell', () => ({ winner: last }))
 *   .addEdge(START, 'left')
 *   .addEdge(START, 'right')
 *   .addEdge(['left', 'right'], 'tell')
 *   .compile();
 * const { races } = await findRaces(graph, {});
 * console.log(races[0]?.writers?.toSorted()); // [ 'left', 'right' ]
 * ```
 */
export async function findRaces<Input, Output>(
  graph: CompiledStateGraph<Output, Input, any, any, any, any>,
  input: Input | Command | null,
  { runs = 50, onFaults, ...options }: RaceOptions = {},
): Promise<Races> {
  const trials: Trials = ({ turns, seed = 0, holdsStarts = false, failing, refuses = false }) => {
    onFaults?.(refuses ? randomOf(seed) : undefined);
    const choose = turns ? byList(turns) : bySeed(seed);
    return runInOrder(graph, input, { ...options, order: { choose, holdsStarts }, failing });
  };
  try {
    return await compare(graph, { trials, runs });
  } finally {
    onFaults?.(undefined);
  }
}

async function compare(
  graph: AnyGraph,
  { trials, runs }: { readonly trials: Trials; readonly runs: number },
): Promise<Races> {
  const first = await trials({ turns: [] });
  const again = await trials({ turns: first.turns });
  const unstable = differences(first.run, again.run, []).map(({ about }) => about);
  const mayFail = failable(graph, first);
  const races: Race[] = [];
  for (let seed = 0; seed < runs; seed++) {
    const holdsStarts = seed % 2 === 1;
    const failing = seed % 3 === 2 ? mayFail[seed % mayFail.length] : undefined;
    const refuses = seed % 3 === 1;
    const trial = await trials({ seed, holdsStarts, failing, refuses });
    const found = differences(first.run, trial.run, unstable);
    if (found.length === 0) continue;
    const comparison = { first, trials, seed, holdsStarts, unstable };
    const writers = await racingPair(comparison);
    const faults = writers
      ? []
      : [
          ...(failing === undefined ? [] : [`${nodeOf(failing)} failed once`]),
          ...(refuses ? ['requests to models were refused once (429)'] : []),
        ];
    const message = describe({ seed, found, writers, faults });
    races.push({ seed, faults, differences: found, ...(writers && { writers }), message });
  }
  return { races, unstable };
}

/**
 * The runs of nodes that may fail without that the graph does anything about it. A run that has asked is
 * gone on with by answers alone.
 */
function failable({ definition }: AnyGraph, { run, turns }: TrialRun): readonly string[] {
  if (run.status !== 'done' || run.hasAsked) return [];
  const handled = (node: string) => Boolean(definition.nodes.get(node)?.options.errorHandler);
  return turns
    .map((turn) => turn.replace(/^\w+ /, ''))
    .filter((key) => !nodeOf(key).split(':').some(handled));
}

/**
 * Goes from the order of the first run to that of another, one exchange of two neighbours after another, and
 * finds by halving which exchange changes the end.
 */
async function racingPair({
  first,
  trials,
  seed,
  holdsStarts,
  unstable,
}: {
  readonly first: TrialRun;
  readonly trials: Trials;
  readonly seed: number;
  readonly holdsStarts: boolean;
  readonly unstable: readonly string[];
}): Promise<readonly [string, string] | undefined> {
  const { turns: from } = await trials({ turns: first.turns, holdsStarts });
  const { turns: to } = await trials({ seed, holdsStarts });
  const exchanges = exchangesBetween(from, to);
  const differsAfter = async (count: number) => {
    const turns = exchanged(from, exchanges.slice(0, count));
    const { run } = await trials({ turns, holdsStarts });
    return differences(first.run, run, unstable).length > 0;
  };
  if (!(await differsAfter(exchanges.length))) return undefined;
  let [same, other] = [0, exchanges.length];
  while (other - same > 1) {
    const middle = (same + other) >> 1;
    if (await differsAfter(middle)) other = middle;
    else same = middle;
  }
  const place = exchanges[other - 1];
  if (place === undefined) return undefined;
  const order = exchanged(from, exchanges.slice(0, other - 1));
  return [nodeOf(order[place]!), nodeOf(order[place + 1]!)];
}

/** The places whose items change with their right neighbours, one after another, to get from one order to another. */
function exchangesBetween(from: readonly string[], to: readonly string[]): number[] {
  const placeOf = new Map(to.map((turn, i) => [turn, i]));
  const order = from.map((turn) => placeOf.get(turn) ?? Infinity);
  const places: number[] = [];
  for (let end = order.length - 1; end > 0; end--) {
    for (let i = 0; i < end; i++) {
      if (order[i]! <= order[i + 1]!) continue;
      [order[i], order[i + 1]] = [order[i + 1]!, order[i]!];
      places.push(i);
    }
  }
  return places;
}

function exchanged(turns: readonly string[], places: readonly number[]): string[] {
  const order = [...turns];
  for (const i of places) [order[i], order[i + 1]] = [order[i + 1]!, order[i]!];
  return order;
}

/** The node of a turn: `judge` of `end judge#1`. */
function nodeOf(turn: string): string {
  return turn.replace(/^(?:start|end) /, '').replace(/#\d+$/, '');
}

function differences(first: GraphRun, run: GraphRun, unstable: readonly string[]) {
  const values = (of: GraphRun) => ({
    status: of.status,
    error: of.error instanceof Error ? of.error.message : of.error,
    ...Object.fromEntries(
      Object.entries(Object(of.state) as object).map(([key, value]) => [`state.${key}`, value]),
    ),
  });
  const [expected, actual] = [values(first), values(run)] as Record<string, unknown>[];
  return [...new Set([...Object.keys(expected!), ...Object.keys(actual!)])].flatMap((about) => {
    if (unstable.includes(about)) return [];
    const [one, other] = [expected![about], actual![about]].map((value) => comparableTo(value));
    return isDeepStrictEqual(one, other) ? [] : [{ about, expected: one, actual: other }];
  });
}

function describe({
  seed,
  found,
  writers,
  faults,
}: Pick<Race, 'seed' | 'faults'> & {
  readonly found: Race['differences'];
  readonly writers: Race['writers'] | undefined;
}): string {
  const short = (value: unknown) => {
    const text = inspect(value, { depth: 3, breakLength: Infinity });
    return text.length > 200 ? `${text.slice(0, 200)}…` : text;
  };
  const what = found.map(
    ({ about, expected, actual }) => `${about} is ${short(actual)}, not ${short(expected)}`,
  );
  const why = writers
    ? `"${writers[0]}" and "${writers[1]}" race: it depends on which of them is first`
    : faults.length > 0
      ? `in that run ${faults.join(', and ')}`
      : 'that end did not come again in the same order';
  return `With seed ${seed} ${what.join('; ')}: ${why}`;
}

import { AssertionError } from 'node:assert';
import { inspect, isDeepStrictEqual } from 'node:util';
import { checkOptions, type OptionTable } from '../engine/model/checkOptions.ts';
import { show, SuperstepError } from '../engine/model/errors.ts';
import { comparableTo } from './comparableTo.ts';
import type { GraphRun } from './graphRun.ts';

/** What a run is compared with; what is left out may be anything. */
export interface ExpectedRun {
  /** Default: `done`. */
  readonly status?: GraphRun['status'];
  /**
   * Keys of the final state, each with its whole value. Messages are compared by role and text, and may be
   * written in any form that the state takes: `['ai', 'Hello']`.
   */
  readonly state?: Readonly<Record<string, unknown>>;
  /** How often nodes ran, by id; 0 for not at all. */
  readonly ran?: Readonly<Record<string, number>>;
  /** Edges that were taken, as `a -> b`; `__start__` and `__end__` are nodes here. */
  readonly took?: readonly string[];
  /** Edges that were not. */
  readonly tookNot?: readonly string[];
  /** Nodes that ran in one superstep, none waiting for another; pairs or more. */
  readonly together?: readonly (readonly string[])[];
  /** Nodes each of which began only when the one before had ended. */
  readonly inOrder?: readonly string[];
  /** The most that it may have taken. */
  readonly atMost?: {
    readonly modelCalls?: number;
    readonly tokens?: number;
    readonly supersteps?: number;
  };
  /** Codes of all warnings, in order; `[]` for none. */
  readonly warnings?: readonly string[];
}

const EXPECTED: OptionTable<ExpectedRun> = {
  names: {
    status: true,
    state: true,
    ran: true,
    took: true,
    tookNot: true,
    together: true,
    inOrder: true,
    atMost: true,
    warnings: true,
  },
};

const AT_MOST: OptionTable<NonNullable<ExpectedRun['atMost']>> = {
  names: { modelCalls: true, tokens: true, supersteps: true },
};

/**
 * Compares a run with what was expected of it, all of it at once.
 *
 * @throws {AssertionError} of `node:assert`, as every test runner knows it: the message lists everything
 * that differs; `actual` and `expected` hold the same for a diff.
 * @throws {SuperstepError} UNKNOWN_OPTION, INVALID_OPTION for what cannot be compared: it would hold for every run.
 * @example
 * ```ts
 * import { Annotation, START, StateGraph } from 'superstep';
 * import { expectRun, runGraph } from 'superstep/testing';
 * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
 *   .addSequence({ one: () => ({ n: 1 }), twice: ({ n }) => ({ n: n * 2 }) })
 *   .addEdge(START, 'one')
 *   .compile();
 * const run = await runGraph(graph, {});
 * expectRun(run, { state: { n: 2 }, ran: { one: 1, twice: 1 }, took: ['one -> twice'] });
 * ```
 */
export function expectRun(run: GraphRun, expected: ExpectedRun): void {
  checkExpected(expected);
  const found = differences(run, expected);
  if (found.length === 0) return;
  throw new AssertionError({
    message: `The run is not as expected:\n${found.map(({ text }) => `- ${text}`).join('\n')}`,
    actual: Object.fromEntries(found.map(({ about, actual }) => [about, actual])),
    expected: Object.fromEntries(found.map(({ about, wanted }) => [about, wanted])),
    operator: 'expectRun',
    stackStartFn: expectRun,
  });
}

function checkExpected(expected: ExpectedRun): void {
  if (typeof expected !== 'object' || expected === null || Array.isArray(expected)) {
    throw new SuperstepError(
      'INVALID_OPTION',
      `Cannot compare a run with ${show(expected)}: pass what is expected of it, as in { state: { n: 2 } }, or in a test a function that looks at it`,
      { value: expected },
    );
  }
  checkOptions(EXPECTED, expected, 'What is expected of a run');
  checkOptions(AT_MOST, expected.atMost ?? {}, '"atMost"');
}

/** One thing that is not as it should be. */
interface Difference {
  readonly about: string;
  readonly actual: unknown;
  readonly wanted: unknown;
  readonly text: string;
}

function differences(run: GraphRun, expected: ExpectedRun): Difference[] {
  const found: Difference[] = [];
  const add = (about: string, actual: unknown, wanted: unknown, text: string) =>
    found.push({ about, actual, wanted, text });
  const { status = 'done' } = expected;
  if (run.status !== status) {
    add('status', run.status, status, `it is ${run.status}, not ${status}${why(run)}`);
  }
  for (const [key, wanted] of Object.entries(expected.state ?? {})) {
    const value = (run.state as Readonly<Record<string, unknown>> | undefined)?.[key];
    const [actual, comparable] = [comparableTo(value), comparableTo(wanted, value)];
    if (isDeepStrictEqual(actual, comparable)) continue;
    add(
      `state.${key}`,
      actual,
      comparable,
      `state.${key} is ${short(actual)}, not ${short(comparable)}`,
    );
  }
  for (const [node, wanted] of Object.entries(expected.ran ?? {})) {
    const actual = run.ran(node);
    if (actual === wanted) continue;
    const others = actual === 0 ? `; those that ran: ${listed(new Set(run.order))}` : '';
    add(
      `ran.${node}`,
      actual,
      wanted,
      `${node} ran ${times(actual)}, not ${times(wanted)}${others}`,
    );
  }
  for (const [edges, isWanted] of [
    [expected.took ?? [], true],
    [expected.tookNot ?? [], false],
  ] as const) {
    for (const edge of edges) {
      const count = run.took(...ends(edge));
      if (count > 0 === isWanted) continue;
      const text = isWanted ? `${edge} was not taken` : `${edge} was taken ${times(count)}`;
      add(`took ${edge}`, count > 0, isWanted, text);
    }
  }
  for (const nodes of expected.together ?? []) {
    for (const other of nodes.slice(1)) {
      if (run.ranTogether(nodes[0]!, other)) continue;
      add(
        `${nodes[0]} with ${other}`,
        false,
        true,
        `${nodes[0]} and ${other} ran in no superstep together`,
      );
    }
  }
  const order = expected.inOrder ?? [];
  for (const [i, later] of order.entries()) {
    const earlier = order[i - 1];
    if (earlier === undefined || run.ranAfter(later, earlier)) continue;
    add(
      `${later} after ${earlier}`,
      run.order,
      order,
      `${later} did not wait for ${earlier}; the order was ${listed(run.order)}`,
    );
  }
  for (const [what, most] of Object.entries(expected.atMost ?? {})) {
    const actual = run[what as keyof NonNullable<ExpectedRun['atMost']>];
    if (actual > most)
      add(what, actual, most, `it took ${actual} ${NOUNS[what]}, not at most ${most}`);
  }
  const codes = run.warnings.map(({ code }) => code);
  if (expected.warnings && !isDeepStrictEqual(codes, [...expected.warnings])) {
    const told =
      run.warnings.map(({ code, message }) => `${code}: ${message}`).join('; ') || 'none';
    add(
      'warnings',
      codes,
      expected.warnings,
      `its warnings are not ${listed(expected.warnings)}, but ${told}`,
    );
  }
  return found;
}

const NOUNS: Readonly<Record<string, string>> = {
  modelCalls: 'calls of models',
  tokens: 'tokens',
  supersteps: 'supersteps',
};

function why({ error, questions }: GraphRun): string {
  if (error !== undefined) return `: ${error instanceof Error ? error.message : inspect(error)}`;
  if (questions.length === 0) return '';
  return `: it asks ${questions.map(({ value }) => short(value)).join(' and ')}`;
}

function ends(edge: string): [source: string, target: string] {
  const parts = edge.split(/\s*(?:->|→)\s*/);
  if (parts.length === 2 && parts.every((part) => part !== '')) return parts as [string, string];
  throw new TypeError(`Cannot look for edge "${edge}": write it as "a -> b"`);
}

function short(value: unknown): string {
  const text = inspect(value, { depth: 4, breakLength: Infinity });
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

function listed(names: Iterable<string>): string {
  return [...names].join(', ') || 'none';
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 0 ? 'not at all' : `${count} times`;
}

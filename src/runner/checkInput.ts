import { didYouMean, show } from '../engine/model/errors.ts';
import type { KnownField } from '../loader/source/fieldTypes.ts';
import { fitsType } from './fitsType.ts';

/** What is wrong with one key of an input. */
export interface InputProblem {
  /** Empty for the input as a whole. */
  readonly key: string;
  readonly kind: 'missing' | 'type' | 'unknown';
  /** Half a sentence, such as `"name" is 12, and should be of type string`. */
  readonly problem: string;
  /** The graph may run well without the missing key: the source text alone says that it is required. */
  readonly isGuess?: true;
}

/** Of a graph, as much as its input is checked against. */
export interface CheckedGraph {
  readonly kind: 'graph' | 'entrypoint';
  readonly inputFields: readonly KnownField[];
}

/**
 * Compares an input with what is known of the keys that a graph takes: required keys that are missing,
 * values of the wrong type, keys that the graph does not have. The input of an entrypoint is compared as
 * a whole; `null`, which goes on with a thread, fits every graph.
 * @returns What is wrong, in the order of the graph's keys; unknown keys come last.
 */
export function checkInput({ kind, inputFields }: CheckedGraph, input: unknown): InputProblem[] {
  if (input === null || input === undefined) return [];
  if (kind === 'entrypoint') {
    const [field] = inputFields;
    return field ? checkType({ ...field, key: '' }, input) : [];
  }
  if (typeof input !== 'object' || Array.isArray(input)) {
    const problem = `the input is ${show(input)}, and should be an object with the graph's keys`;
    return [{ key: '', kind: 'type', problem }];
  }
  return checkKeys(inputFields, input as Given, "the graph's input");
}

/** The same for an update of a graph's state, which may leave out any key: `inputFields` are those of the state. */
export function checkUpdate({ kind, inputFields }: CheckedGraph, values: unknown): InputProblem[] {
  if (values === null || values === undefined || kind === 'entrypoint') return [];
  if (typeof values !== 'object' || Array.isArray(values)) {
    const problem = `the update is ${show(values)}, and should be an object with keys of the graph's state`;
    return [{ key: '', kind: 'type', problem }];
  }
  const problems = checkKeys(inputFields, values as Given, "the graph's state");
  return problems.filter((problem) => problem.kind !== 'missing');
}

type Given = Readonly<Record<string, unknown>>;

function checkKeys(fields: readonly KnownField[], given: Given, of: string): InputProblem[] {
  const known = new Set(fields.map(({ key }) => key));
  return [
    ...fields.flatMap((field) => checkField(field, given)),
    ...Object.keys(given).flatMap((key) => (known.has(key) ? [] : [unknownKey(key, known, of)])),
  ];
}

/** Those of the problems that keep a graph from being run unasked. */
export function seriousProblems(problems: readonly InputProblem[]): InputProblem[] {
  return problems.filter(({ isGuess }) => !isGuess);
}

function checkField(field: KnownField, given: Given): readonly InputProblem[] {
  const { key, type, required, isGuess } = field;
  const value = Object.hasOwn(given, key) ? given[key] : undefined;
  if (value !== undefined) return checkType(field, value);
  if (!required) return [];
  const problem = `"${key}" is missing${type === 'any' ? '' : `, and should be of type ${type}`}`;
  return [{ key, kind: 'missing', problem, ...(isGuess && { isGuess }) }];
}

function checkType({ key, type }: KnownField, value: unknown): InputProblem[] {
  if (fitsType(value, type)) return [];
  const what = key === '' ? 'the input' : `"${key}"`;
  const problem = `${what} is ${show(value)}, and should be of type ${type}`;
  return [{ key, kind: 'type', problem }];
}

function unknownKey(key: string, known: ReadonlySet<string>, of: string): InputProblem {
  const keys = [...known].join(', ');
  const hint = didYouMean(key, known) || (known.size > 0 ? `; its keys are ${keys}` : '');
  return { key, kind: 'unknown', problem: `"${key}" is no key of ${of}${hint}` };
}

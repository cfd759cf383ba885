import { inspect } from 'node:util';
import type { ErrorInfo } from '../../engine/model/events.ts';
import { LoadError } from '../../loader/loadError.ts';
import type { TestFailure } from '../../protocol/graphTests.ts';
import { describeError } from '../describeError.ts';

/** What a test has thrown; of a comparison, as that of any test library, with both sides as texts. */
export function failureOf(thrown: unknown): TestFailure<ErrorInfo> {
  const [problem] = thrown instanceof LoadError ? thrown.problems : [];
  const told = describeError(thrown);
  const error = problem?.code === undefined ? told : { ...told, code: problem.code };
  const sides = Object(thrown) as { readonly expected?: unknown; readonly actual?: unknown };
  if (!('expected' in sides) || !('actual' in sides)) return { error };
  return { error, expected: textOf(sides.expected), actual: textOf(sides.actual) };
}

/** One line for each thing, so that a diff of lines shows what differs. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return inspect(value, { depth: 20, sorted: true, breakLength: 60, maxArrayLength: 1000 });
}

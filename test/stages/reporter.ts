import { relative, resolve } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import { inspect, stripVTControlCharacters } from 'node:util';
import { root } from '../host/install.ts';
import { Tally } from './tally.ts';

/**
 * A reporter for `node --test`: one line for each file, the failures in full at the end. A `describe`
 * adds nothing of its own; a file without tests is a failure.
 */
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const tally = new Tally();
  for await (const { type, data } of events) {
    switch (type) {
      case 'test:stdout':
      case 'test:stderr':
        yield data.message;
        break;
      case 'test:pass':
        if (data.skip || data.todo || data.details.type === 'suite') break;
        if (isFile(data)) tally.fail(fileOf(data), 'There is no test in this file', fileOf(data));
        else tally.pass(fileOf(data));
        break;
      case 'test:fail': {
        if (data.todo) break;
        const { error } = data.details;
        if ((error as { failureType?: string }).failureType === 'subtestsFailed') break;
        tally.fail(isFile(data) ? fileOf(data) : data.name, explain(error), fileOf(data));
        break;
      }
      case 'test:summary': {
        if (!data.file) break;
        const { tests, passed, skipped, todo } = data.counts;
        const left = skipped + todo;
        const failed = tests - passed - left;
        const counts = [
          `${passed} passed`,
          failed > 0 ? `${failed} FAILED` : '',
          left > 0 ? `${left} skipped` : '',
        ];
        const ms = `${Math.round(data.duration_ms)} ms`;
        yield `  ${relative(root, data.file)}: ${counts.filter(Boolean).join(', ')} (${ms})\n`;
        break;
      }
      default:
        break;
    }
  }
  tally.end();
}

/** True for the entry that stands for a whole file: one that has no tests, or that crashed. */
function isFile({
  name,
  nesting,
  file,
}: {
  name: string;
  nesting: number;
  file?: string;
}): boolean {
  return nesting === 0 && file !== undefined && resolve(name) === file;
}

function fileOf({ file = '' }: { file?: string }): string {
  return relative(root, file);
}

/** The error of the test itself, without the wrapper of the test runner. */
function explain(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return stripVTControlCharacters(inspect(cause));
}

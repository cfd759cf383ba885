import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ErrorInfo } from '../../engine/model/events.ts';
import type { TestFailure } from '../../protocol/graphTests.ts';
import { runnerError } from '../errors.ts';
import { toJson } from '../toJson.ts';

/** What the tests of a file came to when that was kept: one file of JSON, by the names of the tests. */
export class Snapshots {
  readonly #path: string;
  readonly #updates: boolean;
  #kept: Promise<Record<string, unknown>> | undefined;
  readonly #seen = new Map<string, unknown>();

  /** @param file The file with the tests. */
  constructor(file: string, options: { readonly updates: boolean }) {
    this.#path = join(dirname(file), '__snapshots__', `${basename(file)}.json`);
    this.#updates = options.updates;
  }

  /** Compares a value with what was kept, or keeps it. */
  async compare(name: string, value: unknown): Promise<TestFailure<ErrorInfo> | undefined> {
    const json = toJson(value) ?? null;
    this.#seen.set(name, json);
    if (this.#updates) return undefined;
    const kept = await (this.#kept ??= this.#read());
    const actual = textOf(json);
    if (!Object.hasOwn(kept, name)) {
      const message = `There is no snapshot of this test: --update keeps what it came to in ${this.#path}`;
      return { error: runnerError('SNAPSHOT_DIFFERS', message), expected: '', actual };
    }
    const expected = textOf(kept[name]);
    if (expected === actual) return undefined;
    const message = `It came to something else than its snapshot in ${this.#path}: if that is right, keep it with --update`;
    return { error: runnerError('SNAPSHOT_DIFFERS', message), expected, actual };
  }

  /**
   * Writes what is to be kept, if it is.
   * @param isWhole All tests of the file were run: what is of none of them goes.
   */
  async save(isWhole: boolean): Promise<void> {
    if (!this.#updates) return;
    const kept = isWhole ? {} : await this.#read().catch(() => ({}));
    const all = { ...kept, ...Object.fromEntries(this.#seen) };
    if (Object.keys(all).length === 0) return rm(this.#path, { force: true });
    const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
    await mkdir(dirname(this.#path), { recursive: true });
    const temporary = `${this.#path}.${process.pid}.part`;
    await writeFile(temporary, `${textOf(sorted)}\n`);
    await rename(temporary, this.#path);
  }

  async #read(): Promise<Record<string, unknown>> {
    const text = await readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '{}';
      throw error;
    });
    return Object(JSON.parse(text)) as Record<string, unknown>;
  }
}

function textOf(json: unknown): string {
  return JSON.stringify(json, undefined, 2);
}

import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { questionOf } from './modelRequest.ts';
import { parseCall, RecordingError, type AskedModel, type RecordedCall } from './recordedCall.ts';
import { namesInNodeId } from '../../engine/model/nodeId.ts';

/**
 * The recorded calls of a graph: a folder for each node, in which each call is a file of its own, called by
 * its branch and its number.
 */
export class RecordingFolder {
  readonly #path: string;
  #calls: Promise<RecordedCall[]> | undefined;
  /** Those that were not taken yet, by branch and question. */
  #open: Promise<Map<string, RecordedCall[]>> | undefined;
  #last: Promise<Map<string, number>> | undefined;
  #cleared: Promise<void> | undefined;

  /** @param path Need not be there. */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * All of them, by branch and number; read once.
   * @throws {RecordingError} RECORDING_UNREADABLE
   */
  calls(): Promise<readonly RecordedCall[]> {
    return (this.#calls ??= this.#read());
  }

  /** The n-th equal question of a branch takes the n-th answer. */
  async take(branch: string, asked: AskedModel): Promise<RecordedCall | undefined> {
    this.#open ??= this.calls().then((calls) => {
      const open = Map.groupBy(calls, ({ branch, request }) => keyOf(branch, request));
      // The last of a list is the next to be taken.
      for (const equal of open.values()) equal.reverse();
      return open;
    });
    return (await this.#open).get(keyOf(branch, asked))?.pop();
  }

  /** The greatest number of a call of this branch; 0 if there is none. */
  async lastOf(branch: string): Promise<number> {
    this.#last ??= this.calls().then(
      (calls) => new Map(calls.map((each) => [each.branch, each.call])),
    );
    return (await this.#last).get(branch) ?? 0;
  }

  /** Removes what was recorded before, once. */
  clear(): Promise<void> {
    return (this.#cleared ??= this.#clear());
  }

  /** Keeps a call. A file is whole or not there. */
  async write(call: RecordedCall): Promise<void> {
    const path = join(this.#path, ...namesInNodeId(call.node).map(toName), `${nameOf(call)}.json`);
    await mkdir(dirname(path), { recursive: true });
    const temporary = `${path}.${process.pid}.part`;
    await writeFile(temporary, `${JSON.stringify(call, undefined, 2)}\n`);
    await rename(temporary, path);
  }

  async #read(): Promise<RecordedCall[]> {
    const calls: RecordedCall[] = [];
    for (const file of await this.#files()) {
      calls.push(parseCall(await readFile(file, 'utf8'), file));
    }
    return calls.sort((one, other) => one.call - other.call);
  }

  async #clear(): Promise<void> {
    for (const file of await this.#files()) await rm(file);
  }

  async #files(): Promise<string[]> {
    const found = await readdir(this.#path, { recursive: true, withFileTypes: true }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        const message = `The recorded calls in ${this.#path} cannot be read: ${error.message}. Name a folder that can be`;
        throw new RecordingError('RECORDING_UNREADABLE', message);
      },
    );
    return found
      .filter((entry) => entry.isFile() && /-\d+\.json$/.test(entry.name))
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort();
  }
}

function keyOf(branch: string, asked: AskedModel): string {
  return JSON.stringify([branch, questionOf(asked)]);
}

function nameOf({ branch, call }: RecordedCall): string {
  return `${toName(branch || 'graph')}-${call}`;
}

/** A name that every file system takes; names that differ stay apart. */
export function toName(text: string): string {
  const name = encodeURIComponent(text).replaceAll('%5B', '[').replaceAll('%5D', ']');
  return (
    name.replaceAll('%2F', '+').replaceAll('%20', ' ').replaceAll('*', '%2A').slice(0, 120) || '_'
  );
}

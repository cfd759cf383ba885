import { constants } from 'node:fs';
import type { RunEvent } from '../../engine/model/events.ts';
import type { ModelUse } from '../../protocol/modelUse.ts';
import { countUse } from '../../trace/countUse.ts';
import { FILE_START, packBlock } from './blocks.ts';
import { cleanLines } from './cleanLines.ts';
import { contentText } from './contentText.ts';
import { eventLine, withheldLine } from './eventText.ts';
import type { RunContent } from './keptRun.ts';
import type { RunFiles } from './runFiles.ts';

/** Characters of one block, unless a single event has more: little enough to be parsed in a moment. */
const BLOCK_LENGTH = 256 * 1024;

/** Appends what happens in one run to its file. One call at a time. */
export class RunWriter {
  readonly #files: RunFiles;
  readonly #path: string;
  readonly #maxBytes: number;
  #bytes = 0;
  #use: ModelUse | undefined;

  /** @param path Of the file, which is made by `begin`. */
  constructor(files: RunFiles, { path, maxBytes }: { path: string; maxBytes: number }) {
    this.#files = files;
    this.#path = path;
    this.#maxBytes = maxBytes;
  }

  /** What its requests to models took. */
  get use(): ModelUse | undefined {
    return this.#use;
  }

  /** @throws what the file system says, such as that the disk is full. */
  async begin(content: RunContent): Promise<void> {
    const start = Buffer.concat([FILE_START, await packBlock(await contentText(content))]);
    await this.#files.writeFile(this.#path, start, { flag: 'wx' });
    this.#bytes = start.length;
  }

  /**
   * @returns False if the run has become larger than the history may be, and was not written on.
   * @throws as `begin`; ENOENT if the run has been deleted.
   */
  async append(events: readonly RunEvent[]): Promise<boolean> {
    if (this.#bytes > this.#maxBytes) return false;
    for (const event of events) if ('call' in event) this.#use = countUse(this.#use, event);
    const lines = await cleanLines(events.map(eventLine), withheldLine);
    const blocks: Buffer[] = [];
    for (const text of joined(lines)) blocks.push(await packBlock(text));
    const bytes = Buffer.concat(blocks);
    // Not made anew: somebody may have deleted it, in another window too.
    const file = await this.#files.open(this.#path, constants.O_WRONLY | constants.O_APPEND);
    try {
      await file.writeFile(bytes);
    } finally {
      await file.close();
    }
    this.#bytes += bytes.length;
    return true;
  }
}

function* joined(lines: readonly string[]): Generator<string> {
  let block: string[] = [];
  let length = 0;
  for (const line of lines) {
    block.push(line);
    length += line.length;
    if (length < BLOCK_LENGTH) continue;
    yield block.join('\n');
    block = [];
    length = 0;
  }
  if (block.length > 0) yield block.join('\n');
}

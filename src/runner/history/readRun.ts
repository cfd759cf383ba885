import type { ModelUse } from '../../protocol/modelUse.ts';
import { countUse } from '../../trace/countUse.ts';
import { DamagedFileError, FILE_START, unpackBlocks } from './blocks.ts';
import { parseContent } from './contentText.ts';
import { parseEvents } from './eventText.ts';
import type { RunContent, RunEnd } from './keptRun.ts';
import type { RunFiles } from './runFiles.ts';

/** Bytes that are read at once; a block that is larger is read whole. */
const PART = 256 * 1024;

/** Some of the events of a run, in order. */
export interface EventsPart {
  /** Lines of JSON. */
  readonly texts: readonly string[];
  /** Where the next part begins; absent: there is none, for now. */
  readonly next?: number;
}

/** The graph and the input of a run. */
export async function readContent(files: RunFiles, path: string): Promise<RunContent> {
  const { texts } = await readBlocks(files, path, { from: 0, size: 16 * 1024 });
  if (texts[0] === undefined)
    throw new Error('The run was cut off before anything was kept of it.');
  return parseContent(texts[0]);
}

/** @param from 0 for the first events. */
export async function readEvents(files: RunFiles, path: string, from: number): Promise<EventsPart> {
  const { texts, next } = await readBlocks(files, path, { from, size: PART });
  return {
    texts: from === 0 ? texts.slice(1) : texts,
    ...(next !== undefined && { next }),
  };
}

/** How a run ended that could not tell: with the last of its events. */
export async function cutOffEnd(files: RunFiles, path: string): Promise<RunEnd> {
  let durationMs = 0;
  let use: ModelUse | undefined;
  let from: number | undefined = 0;
  while (from !== undefined) {
    // It may have died before it wrote any.
    const part: EventsPart = await readEvents(files, path, from).catch(() => ({ texts: [] }));
    for (const event of part.texts.flatMap(parseEvents)) {
      durationMs = event.time;
      if ('call' in event) use = countUse(use, event);
    }
    from = part.next;
  }
  return { status: 'cutOff', durationMs, ...(use && { use }) };
}

async function readBlocks(
  files: RunFiles,
  path: string,
  { from, size }: { readonly from: number; readonly size: number },
): Promise<{ texts: readonly string[]; next?: number }> {
  const file = await files.open(path, 'r');
  try {
    const start = from === 0 ? FILE_START.length : from;
    const { size: end } = await file.stat();
    if (from === 0) {
      const { buffer } = await file.read(Buffer.alloc(start), 0, start, 0);
      if (!buffer.equals(FILE_START))
        throw new DamagedFileError('The file does not begin as it should');
    }
    for (let length = size; ; length *= 4) {
      const bytes = Buffer.alloc(Math.min(length, Math.max(0, end - start)));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
      const unpacked = await unpackBlocks(bytes.subarray(0, bytesRead));
      const isWhole = unpacked.length > 0 || start + bytesRead >= end;
      if (!isWhole) continue;
      const isLast = unpacked.length === 0 || start + unpacked.length >= end;
      return { texts: unpacked.texts, ...(!isLast && { next: start + unpacked.length }) };
    }
  } finally {
    await file.close();
  }
}

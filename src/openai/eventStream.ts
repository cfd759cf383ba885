/** An event of a stream, or `stray`: text that belongs to none. */
export interface StreamEvent {
  /** Its kind; mostly `undefined`. */
  readonly name: string | undefined;
  readonly data: string;
}

/**
 * Reads server-sent events as servers really send them: with any ends of lines, without the empty line
 * between two events, without an end to the last.
 *
 * @param onStray Hears of lines that no event has: the body is something else than a stream.
 */
export async function* readEvents(
  body: AsyncIterable<Uint8Array>,
  onStray: (line: string) => void,
): AsyncGenerator<StreamEvent> {
  let name: string | undefined;
  let data: string | undefined;
  for await (const { line, isLast } of readLines(body)) {
    const [, field = '', value = ''] = /^(data|event|id|retry)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'data') {
      // A text of several lines, or the next event without a gap.
      const isNext = data !== undefined && isWhole(data);
      if (isNext) yield { name, data: data! };
      data = data === undefined || isNext ? value : `${data}\n${value}`;
    } else if (field === 'event') {
      if (data !== undefined && isWhole(data)) {
        yield { name, data };
        data = undefined;
      }
      name = value;
    } else if (field === '' && line !== '' && !line.startsWith(':')) onStray(line);
    if (line !== '' && !isLast) continue;
    // What the connection broke off in is no event.
    if (data !== undefined && (!isLast || name === 'error' || isWhole(data))) yield { name, data };
    name = data = undefined;
  }
}

function isWhole(data: string): boolean {
  if (data.trim() === '[DONE]') return true;
  try {
    JSON.parse(data);
    return true;
  } catch {
    return false;
  }
}

/** The lines as they come; `isLast` marks what follows the last end of a line. */
async function* readLines(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ readonly line: string; readonly isLast: boolean }> {
  // Takes the mark of the byte order away, too.
  const decoder = new TextDecoder();
  const open: string[] = [];
  let isAfterReturn = false;
  for await (const bytes of body) {
    let text = decoder.decode(bytes, { stream: true });
    if (text === '') continue;
    // The two halves of one end of a line.
    if (isAfterReturn && text.startsWith('\n')) text = text.slice(1);
    isAfterReturn = text === '' ? false : text.endsWith('\r');
    const lines = text.split(/\r\n|\n|\r/);
    const rest = lines.pop()!;
    for (const line of lines) {
      yield { line: [...open.splice(0), line].join(''), isLast: false };
    }
    if (rest !== '') open.push(rest);
  }
  const line = open.join('') + decoder.decode();
  yield { line, isLast: true };
}

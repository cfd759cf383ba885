import type { WriteStream } from 'node:tty';
import { ansiPaint, plainPaint, type Paint } from '../runner/report/paint.ts';

/** The two streams of the command line, written by lines. */
export interface Terminal {
  /** To standard output. */
  print(lines: readonly string[]): void;
  /** To standard error. */
  note(lines: readonly string[]): void;
  /** Colours for `print`; none unless a person looks at it and wants them. */
  readonly paint: Paint;
  /** The same for `note`. */
  readonly notePaint: Paint;
  /** Somebody sits at it: input and output are a terminal's. */
  readonly isInteractive: boolean;
  /** Asks for one line; `undefined` for Ctrl+C, the end of the input, or when the signal is aborted. */
  ask(prompt: string, signal: AbortSignal): Promise<string | undefined>;
}

/** The process's own streams. `onClosed` is called when their reader has gone. */
export function openTerminal(onClosed: () => void): Terminal {
  let isClosed = false;
  const open = (stream: NodeJS.WriteStream) => {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      if (isClosed) return;
      isClosed = true;
      onClosed();
    });
    return (lines: readonly string[]) => {
      if (lines.length > 0 && !isClosed) stream.write(`${lines.join('\n')}\n`);
    };
  };
  return {
    print: open(process.stdout),
    note: open(process.stderr),
    paint: paintFor(process.stdout),
    notePaint: paintFor(process.stderr),
    isInteractive: process.stdin.isTTY && process.stdout.isTTY,
    ask,
  };
}

async function ask(prompt: string, signal: AbortSignal): Promise<string | undefined> {
  if (signal.aborted) return undefined;
  // Few commands ask: it takes its time to load.
  const { createInterface } = await import('node:readline');
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await new Promise<string | undefined>((resolve) => {
      const giveUp = () => resolve(undefined);
      signal.addEventListener('abort', giveUp, { once: true });
      lines.once('close', giveUp).once('SIGINT', giveUp);
      lines.question(prompt, resolve);
    });
  } finally {
    lines.close();
  }
}

/** `hasColors` honours `NO_COLOR` and what the terminal can do. */
function paintFor(stream: Partial<WriteStream>): Paint {
  return stream.isTTY && stream.hasColors?.() ? ansiPaint : plainPaint;
}

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
  };
}

/** `hasColors` honours `NO_COLOR` and what the terminal can do. */
function paintFor(stream: Partial<WriteStream>): Paint {
  return stream.isTTY && stream.hasColors?.() ? ansiPaint : plainPaint;
}

import { SuperstepError, show } from '../model/errors.ts';

/** What `node:sqlite` throws. */
interface SqliteError extends Error {
  /** SQLite's own code; the low byte is the kind of the error. */
  readonly errcode: number;
}

/** SQLite's codes for what a person can do something about. */
const BUSY = 5;
const LOCKED = 6;
const READ_ONLY = 8;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;

/**
 * What to throw for an error of SQLite: STORAGE_BUSY or STORAGE_FAILED, with the path and what to do.
 * Any other error is returned as it is.
 *
 * @param busyTimeoutMs How long a lock was waited for.
 */
export function storageError(error: unknown, path: string, busyTimeoutMs: number): unknown {
  if (!isSqliteError(error)) return error;
  const kind = kindOf(error);
  if (kind === BUSY || kind === LOCKED) return storageBusy(path, busyTimeoutMs);
  return new SuperstepError(
    'STORAGE_FAILED',
    `Cannot use the database ${show(path)}: ${reason(kind) ?? error.message}`,
    { value: path },
    { cause: error },
  );
}

/** Another process has kept the write lock for too long. */
export function storageBusy(path: string, busyTimeoutMs: number): SuperstepError {
  return new SuperstepError(
    'STORAGE_BUSY',
    `Cannot write to ${show(path)}: another process has kept it locked for ` +
      `${busyTimeoutMs} ms; end that process, or raise busyTimeoutMs`,
    { value: path },
  );
}

/** SQLITE_BUSY and its extended codes. */
export function isBusy(error: unknown): boolean {
  return isSqliteError(error) && kindOf(error) === BUSY;
}

function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && typeof (error as Partial<SqliteError>).errcode === 'number';
}

function kindOf({ errcode }: SqliteError): number {
  return errcode & 0xff;
}

function reason(kind: number): string | undefined {
  switch (kind) {
    case NOT_A_DATABASE:
      return 'it is not a SQLite database; it was left as it is; move it away, or name another file';
    case CORRUPT:
      return 'it is damaged; it was left as it is; move it away, or name another file';
    case READ_ONLY:
      return 'it cannot be written to; change its permissions, or name another file';
    case FULL:
      return 'the disk is full; make room, or name a file on another disk';
    case IO_ERROR:
      return 'reading or writing it failed; check the disk, or name a file on another one';
    case CANNOT_OPEN:
      return (
        'it cannot be opened: it is a folder, or in a folder that is not there, or this user may not ' +
        'open it; make the folder, or name another file'
      );
    default:
      return undefined;
  }
}

const DEEP = 200;

/**
 * Whether the code that calls is, as far as the engine of the language can tell, one of several
 * asynchronous functions that something waits for at once: its stack then says so. Takes as long as
 * making an error.
 */
export function isConcurrent(): boolean {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = DEEP;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = limit;
  return /^\s+at async Promise\.(all|allSettled|any|race) /m.test(stack);
}

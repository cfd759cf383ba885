// Preloaded into every test file: one whose tests are over must end by itself. What still keeps it
// alive (a timer, a socket, a worker) is a leak and fails the file.
import { isMainThread } from 'node:worker_threads';

const graceMs = 5000;
/** The process's own output, and what is done in a moment: on a busy machine that may take longer. */
const passing = new Set(['PipeWrap', 'TTYWrap', 'FileWrap', 'Immediate']);
const passingRounds = 12;

if (isMainThread && process.env.NODE_TEST_CONTEXT) {
  const { after } = await import('node:test');
  after(() => guard(1));
}

function guard(round: number): void {
  setTimeout(() => {
    const held = process.getActiveResourcesInfo();
    if (round < passingRounds && held.every((each) => passing.has(each))) return guard(round + 1);
    const seconds = (round * graceMs) / 1000;
    console.error(`Still alive ${seconds} s after the last test, held by: ${held.join(', ')}`);
    process.exit(1);
  }, graceMs).unref();
}

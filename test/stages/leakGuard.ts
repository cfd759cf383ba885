// Preloaded into every test file: one whose tests are over must end by itself. What still keeps it
// alive (a timer, a socket, a worker) is a leak and fails the file.
import { isMainThread } from 'node:worker_threads';

const graceMs = 5000;

if (isMainThread && process.env.NODE_TEST_CONTEXT) {
  const { after } = await import('node:test');
  after(() => {
    setTimeout(() => {
      const held = process.getActiveResourcesInfo().join(', ');
      console.error(`Still alive ${graceMs / 1000} s after the last test, held by: ${held}`);
      process.exit(1);
    }, graceMs).unref();
  });
}

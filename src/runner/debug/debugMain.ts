import inspector from 'node:inspector';
import type { RunEvent } from '../../engine/model/events.ts';
import type { SentEvent } from '../../protocol/workerMessages.ts';
import { serveJobs } from '../worker/serveJobs.ts';
import type { ToThread } from '../workerThread.ts';
import type { DebugSetup, FromDebugProcess, ToDebugProcess } from './debugMessages.ts';
import { HeldClock } from './heldClock.ts';
import { stopAtNode } from './stopAtNode.ts';

const send = (message: FromDebugProcess) => void process.send!(message);

/** What the code of a run finds in its environment is as in a thread. */
delete process.env['ELECTRON_RUN_AS_NODE'];

// The host is gone, or has no more use for this process.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// Ctrl+C in a terminal reaches every process; it is the host's business.
process.on('SIGINT', () => {});

let serve: ((message: ToThread) => void) | undefined;
let setup: DebugSetup | undefined;
let ready: Promise<unknown> | undefined;

process.on('message', (message: ToDebugProcess) => {
  if (message.type === 'setup') return begin(message);
  if (message.type === 'run' || message.type === 'test') return void run(message);
  serve?.(message);
});

function begin(given: DebugSetup): void {
  setup = given;
  const events = {
    postMessage: (sent: SentEvent<RunEvent>) => send({ type: 'event', sent }),
  };
  serve = serveJobs({
    shipped: given.shipped,
    post: send,
    events: { events },
    host: {
      clock: new HeldClock(),
      ...(given.stopAt !== undefined && { nodes: stopAtNode(given.stopAt) }),
    },
    taskScript: import.meta.url.replace(/debug(\/debugMain)?\.(ts|js)$/, (_, source) =>
      source ? 'taskMain.ts' : 'task.js',
    ),
  });
  // Whoever imports what cannot be loaded hears of it there.
  ready = import(given.shipped.superstep).catch(() => {});
}

/** The address of the inspector; `undefined` if there can be none. */
function listen(port: number): string | undefined {
  try {
    inspector.open(port, '127.0.0.1');
    return inspector.url();
  } catch {
    return undefined;
  }
}

async function run(job: Extract<ToThread, { type: 'run' | 'test' }>): Promise<void> {
  await ready;
  const { start, port } = setup!;
  const url = listen(port);
  // Not before: a debugger that attaches before anybody waits for it would be waited for in vain.
  send({ type: 'listening', url });
  if (url === undefined) return;
  // Holds this thread until a debugger has set its breakpoints.
  if (start !== 'atOnce') inspector.waitForDebugger();
  serve!(start === 'stopped' ? { ...job, bundle: stopping(job.bundle) } : job);
}

/** Stops at its first line, on which esbuild has nothing that is mapped: the map stays true. */
function stopping<T extends { readonly code: string }>(bundle: T): T {
  return { ...bundle, code: `debugger; ${bundle.code}` };
}

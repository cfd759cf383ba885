import { parentPort, workerData } from 'node:worker_threads';
import { serveJobs } from './worker/serveJobs.ts';
import type { FromThread, ThreadStart } from './workerThread.ts';

const { shipped, events, flow } = workerData as ThreadStart;
const host = parentPort!;
const post = (message: FromThread) => host.postMessage(message);
// It lies beside this one, as source and as built.
const taskScript = import.meta.url.replace(/worker(Main)?\.(ts|js)$/, 'task$1.$2');
const serve = serveJobs({ shipped, post, events: { events, flow }, taskScript });

host.on('message', serve);

// What graph files import first of all; so that it is there when the job comes.
import(shipped.superstep).catch(() => {});

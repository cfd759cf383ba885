// A worker of its own process: node worker.ts URL.
import { serveBullmq } from '../../src/bullmq/index.ts';
import { broken, mapped, nested } from './graphs.ts';

await serveBullmq([mapped, nested, broken], { url: process.argv[2]!, concurrency: 4 });
process.send?.('ready');
process.once('disconnect', () => process.exit());

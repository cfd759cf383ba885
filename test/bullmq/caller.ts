// A caller of its own process: node caller.ts URL THREAD COUNT MS.
import { BullmqClient } from '../../src/bullmq/index.ts';
import { mapped } from './graphs.ts';

const [url, threadId, count, ms] = process.argv.slice(2);
const client = await BullmqClient.connect({ url: url! });
process.send?.('ready');
await client.invoke(mapped, { count: Number(count), ms: Number(ms) }, { threadId: threadId! });
await client.close();
process.disconnect();

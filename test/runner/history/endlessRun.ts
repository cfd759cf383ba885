// Writes a run without an end to the folder that is its argument; tells its id when some of it is there.
import * as files from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunFolder } from '../../../src/runner/history/runFolder.ts';
import { content, headAt, said } from './someRuns.ts';

const limits = { maxRuns: 50, maxBytes: 1e9 };
const folder = new RunFolder({ path: process.argv[2]!, limits, files, onSetAside() {} });
const head = headAt(0);
await folder.begin(head, content);
for (let i = 0; ; i++) {
  await folder.append(head.id, [said(`line ${i}`, i), said('and another', i)]);
  if (i === 3) process.send!(head.id);
  if (i > 3) await sleep(1);
}

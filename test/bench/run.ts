// npm run bench [-- PART …]: runs the measurements of this folder one after another, or those named.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';

const folder = import.meta.dirname;
const parts = readdirSync(folder)
  .filter((name) => name.endsWith('.ts') && name !== 'run.ts')
  .map((name) => name.slice(0, -'.ts'.length));
const wanted = process.argv.length > 2 ? process.argv.slice(2) : parts;
const unknown = wanted.find((name) => !parts.includes(name));
if (unknown !== undefined) {
  console.error(`There is no measurement "${unknown}"; there are: ${parts.join(', ')}`);
  process.exit(2);
}
for (const part of wanted) {
  console.log(`\n== ${part}`);
  const child = spawn(process.execPath, [join(folder, `${part}.ts`)], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) process.exitCode = 1;
}

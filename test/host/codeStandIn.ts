#!/usr/bin/env node
// Stands in for the `code` program where there is none: @vscode/test-electron starts it as it would
// start VS Code, and its tests run in the extension host of a hosted VS Code.
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, parseArgs, stripVTControlCharacters } from 'node:util';
import { launchBrowser } from './browser.ts';
import { outputDir } from './install.ts';
import { PATIENCE_MS } from './retry.ts';
import { startServer } from './server.ts';
import { developExtensions, pageAddress } from './workbenchPage.ts';

const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: {
    extensionDevelopmentPath: { type: 'string', multiple: true },
    extensionTestsPath: { type: 'string' },
    'disable-workspace-trust': { type: 'boolean' },
  },
});
const extensions = (values.extensionDevelopmentPath ?? []) as string[];
const tests = values.extensionTestsPath;
if (extensions.length === 0 || typeof tests !== 'string') {
  console.error('Expected --extensionDevelopmentPath=FOLDER and --extensionTestsPath=MODULE');
  process.exit(2);
}

const server = await startServer({ trust: values['disable-workspace-trust'] === true });
const browser = await launchBrowser();
const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
page.setDefaultTimeout(PATIENCE_MS);
const finished = Promise.withResolvers<number>();
void server.ended.then(() => finished.reject(new Error(`The server has ended:\n${server.log()}`)));
page.on('crash', () => finished.reject(new Error('The page has crashed')));
await page.exposeFunction('codeAutomationExit', (code: number) => finished.resolve(code));
const log = join(outputDir, 'vscode.log');
mkdirSync(outputDir, { recursive: true });
writeFileSync(log, '');
await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => {
  // What the tests and the extensions print comes the same way as the workbench's own lines.
  appendFileSync(log, `${stripVTControlCharacters(format(...args))}\n`);
});
await developExtensions(page, server, extensions, tests);
const [opened] = positionals;
await page.goto(
  pageAddress(
    server,
    opened?.endsWith('.code-workspace')
      ? { workspaceFile: opened }
      : opened
        ? { folder: opened }
        : {},
  ),
);
const code = await finished.promise;
if (code !== 0) console.error(`What the editor said is in ${log}`);
await browser.close();
server.stop();
process.exit(code);

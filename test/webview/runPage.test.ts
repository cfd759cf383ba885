import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { ToWebview } from '../../src/protocol/webviewMessages.ts';
import { runPage } from '../../src/runner/report/runPage.ts';
import { launchBrowser } from '../host/browser.ts';
import { root } from '../host/install.ts';
import { findBarriers } from './findBarriers.ts';
import { builtScript } from './panelSite.ts';
import { done, graphMessage, progress } from './sampleGraphs.ts';
import { writingRun } from './sampleRuns.ts';

const folder = mkdtempSync(join(tmpdir(), 'superstep-page-'));
let browser: Browser;
before(async () => {
  browser = await launchBrowser();
  writeFileSync(join(folder, 'webview.js'), await builtScript());
});
after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

const graph = graphMessage(
  'writer',
  ['left', 'right', 'write'],
  '\tleft(left)\n\tright(right)\n\twrite(write)\n\tleft --> write;\n\tright --> write;',
);

function messages(hostile = ''): ToWebview[] {
  return [
    { ...graph, notice: `A run${hostile}` },
    { type: 'runStarted', revision: 1 },
    { type: 'runEvents', revision: 1, events: writingRun(hostile) },
    progress(done('left', 9), done('right', 10), done('write', 8)),
    { type: 'runEnded', revision: 1, status: 'failed', durationMs: 22, message: `x${hostile}` },
  ];
}

const media = (name: string) => pathToFileURL(join(root, 'media', name));
const made = async (told: readonly ToWebview[]) =>
  runPage(told, {
    script: pathToFileURL(join(folder, 'webview.js')),
    styles: media('panel.css'),
    theme: media('page.css'),
  });

/** Opens the text of a page as a file, and fails on what it asks for, and on errors. */
async function opened(
  text: string,
  body: (page: Page) => Promise<void>,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<void> {
  const path = join(folder, 'run.html');
  writeFileSync(path, text);
  const page = await browser.newPage({ colorScheme, viewport: { width: 900, height: 700 } });
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('console', (line) => line.type() === 'error' && faults.push(line.text()));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url() !== pathToFileURL(path).href) faults.push(request.url());
  });
  try {
    await page.goto(pathToFileURL(path).href);
    await page.locator('g.node').first().waitFor();
    await body(page);
    assert.deepEqual(faults, []);
  } finally {
    await page.close();
  }
}

for (const scheme of ['light', 'dark'] as const) {
  test(`a run that is saved as a page opens from the disk, with its four views and no barriers (${scheme})`, async () =>
    opened(
      await made(messages()),
      async (page) => {
        assert.equal(await page.locator('g.node[data-status="done"]').count(), 3);
        assert.match(await page.locator('#runState').innerText(), /Failed after 22 ms/);
        assert.deepEqual(await findBarriers(page), [], 'the diagram');
        for (const [name, place, text] of [
          ['Timeline', '#timelineFacts', /22 ms/],
          ['State', '#supersteps', /2: write/],
          ['Output', '#outputLines', /Because of scattering/],
        ] as const) {
          await page.getByRole('tab', { name }).click();
          await page.locator(place).filter({ hasText: text }).waitFor();
          assert.deepEqual(await findBarriers(page), [], name);
        }
        assert.equal(await page.getByRole('button', { name: 'Run', exact: true }).count(), 0);
      },
      scheme,
    ));
}

test('what a run has written is data in its page, whatever it looks like', async () => {
  const hostile =
    '</script><script>alert(1)</script><!--<script><img src=x onerror=alert(2)></style>\u2028"\'';
  const text = await made(messages(hostile));
  assert.equal(text.match(/<\/script>/g)?.length, 2, 'of the data, and of the script');
  await opened(text, async (page) => {
    await page.getByRole('tab', { name: 'State' }).click();
    await page.getByLabel('Search the state').fill('note');
    await page.locator('#stateTree .row').last().click();
    assert.match((await page.locator('#stateDetail').textContent())!, /<img src=x/);
    assert.equal(await page.locator('main img, main script').count(), 0);
  });
});

test('a page of a run holds neither what is shaped like a secret nor the path of the home folder', async () => {
  const secret = `ghp_${'a1B2'.repeat(9)}`;
  const text = await made(messages(` ${secret} ${join(homedir(), 'work')}`));
  assert.ok(!text.includes(secret));
  assert.ok(!text.includes(join(homedir(), 'work')));
  await opened(text, async (page) => {
    await page.getByRole('tab', { name: 'Output' }).click();
    await page
      .locator('#outputLines')
      .filter({ hasText: /\[redacted\]/ })
      .waitFor();
  });
});

test('a page of a run can load nothing and connect to nothing, and runs no other script', async () => {
  const text = await made(messages());
  const [, policy = ''] = /Content-Security-Policy" content="([^"]+)"/.exec(text) ?? [];
  assert.match(policy, /^default-src 'none'; script-src 'sha256-[\w+/=]+'; /);
  assert.doesNotMatch(policy, /https?:|script-src[^;]*unsafe|connect-src|\*/);
  await opened(text, async (page) => {
    const isBlocked = await page.evaluate(() => {
      const { document } = globalThis as any;
      const script = document.createElement('script');
      script.textContent = 'globalThis.wasRun = true';
      document.body.append(script);
      return (globalThis as any).wasRun === undefined;
    });
    assert.ok(isBlocked);
  }).catch((error: unknown) => {
    // The browser tells of it, as it should, and of nothing else.
    assert.match(String(error), /Refused to execute inline script|violates the following Content/);
  });
});

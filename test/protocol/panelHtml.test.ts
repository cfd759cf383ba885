import assert from 'node:assert/strict';
import { test } from 'node:test';
import { panelHtml } from '../../src/protocol/panelHtml.ts';

const resources = {
  title: 'a<b> & "c".graph.ts',
  nonce: 'abc123',
  cspSource: 'https://panel.test',
  scriptUri: 'https://panel.test/webview.js?a=1&b="2"',
  styleUri: 'https://panel.test/panel.css',
};

test('scripts need the nonce, workers are made by them, everything else comes from the extension, nothing may connect', () => {
  const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(panelHtml(resources)) ?? [];
  assert.equal(
    policy,
    "default-src 'none'; script-src 'nonce-abc123'; style-src https://panel.test 'unsafe-inline'; " +
      'img-src https://panel.test data:; font-src https://panel.test data:; worker-src blob:',
  );
});

test('the one script has the nonce, and addresses cannot leave their attributes', () => {
  const scripts = panelHtml(resources).match(/<script[^]*?<\/script>/g);
  assert.deepEqual(scripts, [
    '<script nonce="abc123" src="https://panel.test/webview.js?a=1&amp;b=&quot;2&quot;"></script>',
  ]);
});

test('the title stands in the page as text, whatever it is', () => {
  const [, title] = /<h1[^>]*>([^]*?)<\/h1>/.exec(panelHtml(resources)) ?? [];
  assert.equal(title, 'a&lt;b> &amp; &quot;c&quot;.graph.ts');
});

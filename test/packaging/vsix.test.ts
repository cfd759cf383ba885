import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { HostedCode } from '../host/hostedCode.ts';
import { openHost } from '../host/openHost.ts';
import { canHost } from '../host/install.ts';
import { packagedVsix } from '../host/packagedVsix.ts';

const graphFile = `import { Annotation, END, START, StateGraph } from 'superstep';
import { z } from 'zod';
const State = Annotation.Root({ said: Annotation<string>() });
export const graph = new StateGraph(State)
  .addNode('answer', () => ({ said: z.string().parse('from the package') }))
  .addEdge(START, 'answer')
  .addEdge('answer', END)
  .compile({ name: 'answer' });
export const input = {};
`;

for (const kind of ['native', 'universal'] as const) {
  describe(`the ${kind} VSIX`, { skip: !canHost }, () => {
    let vsix: string;
    let folder: string;
    let host: HostedCode;
    let installed: string;

    before(async () => {
      vsix = await packagedVsix(kind);
      folder = realpathSync(mkdtempSync(join(tmpdir(), 'superstep-vsix-')));
      writeFileSync(join(folder, 'answer.graph.ts'), graphFile);
      host = await openHost({ vsix, folder });
      installed = await host.evaluate(
        (code) => code.extensions.getExtension('superstep.superstep')?.extensionPath ?? '',
      );
    });

    after(async () => {
      await host?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    test('is at most 8 MB', () => {
      assert.ok(statSync(vsix).size <= 8_000_000, `${statSync(vsix).size} bytes`);
    });

    test('holds what is run, shown or read, and no sources, tests or tools', () => {
      const files = readdirSync(installed, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name).slice(installed.length + 1));
      const expected = [
        /^(package\.json|readme\.md|changelog\.md|LICENSE\.txt|\.vsixmanifest)$/,
        /^dist\/(index|openai|prebuilt|remote|restate|bullmq|sqlite|conformance|testing|taskThread|task|cli|worker|debug|history|extension)\.js$/,
        /^dist\/(webview\.js|NOTICES\.txt)$/,
        /^dist\/(chunks\/[\w-]+\.js|vendor\/(zod|openai)\.js)$/,
        /^media\/([\w-]+\.(svg|css)|icon\.png|(?:errors|lint)\.md|(?:snippets|output\.tmLanguage)\.json|walkthrough\/[\w-]+\.(png|md))$/,
        /^(examples|templates)\/[\w-]+\.graph\.ts$/,
        /^node_modules\/superstep-typescript-plugin\/(index\.js|package\.json)$/,
        /^node_modules\/superstep-typescript-plugin\/types\/superstep\/[\w/]+\.(d\.ts|json)$/,
        /^node_modules\/superstep-typescript-plugin\/types\/(zod|@types\/node|undici-types)\/[^]+$/,
        kind === 'native'
          ? /^node_modules\/(esbuild|@esbuild\/[\w-]+)\//
          : /^node_modules\/esbuild-wasm\/(?!esm\/|lib\/browser|README)/,
      ];
      assert.deepEqual(
        files.filter((file) => !expected.some((pattern) => pattern.test(file))),
        [],
      );
      for (const pattern of expected)
        assert.ok(
          files.some((file) => pattern.test(file)),
          String(pattern),
        );
    });

    test('runs a graph in a folder that has nothing installed', async () => {
      await host.open(join(folder, 'answer.graph.ts'));
      await host.palette('Superstep: Run Graph');
      await host.outputMatching('Superstep', /said: 'from the package'/);
    });
  });
}

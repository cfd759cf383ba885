import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { HostedCode } from '../host/hostedCode.ts';
import { openHost } from '../host/openHost.ts';
import { root } from '../host/install.ts';
import { packagedVsix } from '../host/packagedVsix.ts';
import { makeTestFolder, type TestFolder } from './testFolder.ts';

const graph = `import { setTimeout as sleep } from 'node:timers/promises';
import { END, START, StateGraph, StateSchema } from 'superstep';
import { ChatOpenAI } from 'superstep/openai';
import { SqliteSaver } from 'superstep/sqlite';
import { z } from 'zod';
const State = new StateSchema({ names: z.array(z.string()) });
export const model = () => new ChatOpenAI({ model: 'm' });
export const graph = new StateGraph(State)
  .addNode('sort', async ({ names }) => {
    await sleep(1);
    return { names: names.toSorted() };
  })
  .addEdge(START, 'sort')
  .addEdge('sort', END)
  .compile({ checkpointer: new SqliteSaver(':memory:') });
`;

/** The one error of a file that is right otherwise: once it shows, all that there are show. */
const mark = "export const mark: 'right' = 'wrong';\n";

const wrong = `import { StateSchema } from 'superstep';
import { z } from 'zod';
import { nothing } from 'no-such-package';
export const State = new StateSchema({ n: z.number() });
export const value: typeof State.State = { n: 'one' };
nothing();
`;

/** Name and text of the graph files of a folder of this repository. */
function texts(place: string): [name: string, text: string][] {
  return readdirSync(join(root, place))
    .filter((name) => name.endsWith('.graph.ts'))
    .map((name) => [name, readFileSync(join(root, place, name), 'utf8')]);
}

suite('the types of superstep, with the packaged extension', () => {
  let host: HostedCode;
  let folder: TestFolder;

  before(async () => {
    folder = makeTestFolder({ 'a.graph.ts': graph + mark, 'wrong.graph.ts': wrong });
    host = await openHost({ folder: folder.path, vsix: await packagedVsix() });
  });

  after(async () => {
    await host?.close();
    folder?.remove();
  });

  /** What the editor says of the last place in a file at which a text stands. */
  async function hover(file: string, text: string): Promise<string> {
    return host.evaluate(
      async (code, path, wanted) => {
        const document = await code.workspace.openTextDocument(path);
        const at = document.positionAt(document.getText().lastIndexOf(wanted) + 1);
        const hovers = await code.commands.executeCommand<{ contents: { value: string }[] }[]>(
          'vscode.executeHoverProvider',
          document.uri,
          at,
        );
        return hovers.flatMap(({ contents }) => contents.map(({ value }) => value)).join('\n');
      },
      folder.file(file),
      text,
    );
  }

  async function errorsOf(file: string): Promise<string[]> {
    const path = folder.file(file);
    const problems = await host.problems();
    return problems.filter((one) => one.file === path).map(({ message }) => message);
  }

  async function assertRight(file: string): Promise<void> {
    await host.open(folder.file(file));
    const expected = [`Type '"wrong"' is not assignable to type '"right"'.`];
    await host.until(
      async () => assert.deepEqual(await errorsOf(file), expected),
      `types of ${file}`,
    );
  }

  async function assertHover(text: string, expected: RegExp): Promise<void> {
    await host.until(async () => assert.match(await hover('a.graph.ts', text), expected), text);
  }

  test('are there in a folder that has nothing installed: hover, completion, no error', async () => {
    await assertRight('a.graph.ts');
    await assertHover('StateGraph(', /StateGraph<.*@example/s);
    await assertHover('ChatOpenAI(', /new ChatOpenAI\(/);
    await assertHover('SqliteSaver(', /new SqliteSaver\(|constructor SqliteSaver/);
    await assertHover('names })', /names: string\[\]/);
    const completions = () =>
      host.evaluate(async (code, path) => {
        const document = await code.workspace.openTextDocument(path);
        const at = document.positionAt(document.getText().indexOf('z.array') + 2);
        const { items } = await code.commands.executeCommand<{ items: { label: unknown }[] }>(
          'vscode.executeCompletionItemProvider',
          document.uri,
          at,
        );
        return items.map(({ label }) => label);
      }, folder.file('a.graph.ts'));
    await host.until(async () => {
      const found = await completions();
      assert.ok(found.includes('strictObject'), found.slice(0, 20).join());
    }, 'completion');
  });

  test('complain of what is wrong, and of other packages that are missing', async () => {
    await host.open(folder.file('wrong.graph.ts'));
    await host.until(async () => {
      const errors = await errorsOf('wrong.graph.ts');
      assert.match(errors.join(), /'no-such-package'/);
      assert.match(errors.join(), /'string' is not assignable to type 'number'/);
      assert.equal(errors.length, 2);
    }, 'errors of the wrong file');
  });

  test('examples and templates have no error either', async () => {
    const files = ['examples', 'templates'].flatMap((place) =>
      texts(place).map(([name, text]) => {
        folder.write(`${place}/${name}`, text + mark);
        return `${place}/${name}`;
      }),
    );
    for (const file of files) await assertRight(file);
  });

  test('are written into the folder where another TypeScript misses them', async () => {
    await host.open(folder.file('a.graph.ts'));
    // As a TypeScript without plugins would say it.
    await host.evaluate((code, path) => {
      const message = "Cannot find module 'superstep' or its corresponding type declarations.";
      const diagnostic = new code.Diagnostic(new code.Range(1, 0, 1, 5), message);
      diagnostic.source = 'ts';
      diagnostic.code = 2307;
      code.languages.createDiagnosticCollection('other').set(code.Uri.file(path), [diagnostic]);
    }, folder.file('a.graph.ts'));
    await host.notification('TypeScript does not know the types of superstep');
    await host.screenshot('add-types');
    await host.answerNotification('TypeScript does not know the types of superstep', 'Add Types');
    await host.notification('The types of superstep and zod are in node_modules');
    assert.ok(existsSync(folder.file('node_modules/superstep/index.d.ts')));
  });
});

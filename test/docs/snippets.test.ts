// The TypeScript of the README, of docs/ and of the page of errors does what these pages say.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import ts from 'typescript';
import type { RunEvent } from '../../src/engine/model/events.ts';
import { LoadError } from '../../src/loader/loadError.ts';
import type { Problem } from '../../src/loader/problem.ts';
import { parseSource } from '../../src/loader/source/parseSource.ts';
import { createOfflineModel } from '../../src/offline/offlineModel.ts';
import { MODEL_HOST, type ModelHost } from '../../src/openai/modelHost.ts';
import { superstep } from '../cli/superstep.ts';
import { createTestRunner } from '../runner/testRunner.ts';
import {
  fencesOf,
  missingOutput,
  outputOf,
  programsOf,
  runProgram,
  type Fence,
} from './program.ts';

const root = join(import.meta.dirname, '../..');
const textOf = (page: string) => readFileSync(join(root, page), 'utf8');
const guides = globSync('docs/*.md', { cwd: root }).sort();
const host = globalThis as { [MODEL_HOST]?: ModelHost };

const all = ['README.md', ...guides].flatMap((page) =>
  fencesOf(textOf(page)).map((fence) => ({ page, ...fence })),
);
const left = all.filter(({ mark }) => mark !== '');
const programs = ['README.md', ...guides].flatMap((page) =>
  programsOf(fencesOf(textOf(page)).filter(({ mark }) => mark === '')).map((program) => ({
    ...program,
    where: `${page}:${program.line}`,
  })),
);

let folder = '';
before(async () => {
  // Inside the package, so that `zod` resolves as for a user.
  folder = await mkdtemp(join(root, 'test/.snippets-'));
  for (const name of ['OPENAI', 'DASHSCOPE']) {
    for (const what of ['API_KEY', 'BASE_URL', 'MODEL']) delete process.env[`${name}_${what}`];
  }
  // What a program writes without saying where does not stay.
  process.chdir(folder);
});
after(async () => {
  process.chdir(root);
  await rm(folder, { recursive: true, force: true });
});

describe('the program at', () => {
  before(() => {
    const fetch = createOfflineModel();
    const access = async () => ({ kind: 'handler', fetch, source: 'offline' }) as const;
    host[MODEL_HOST] = { override: false, access };
  });
  after(() => delete host[MODEL_HOST]);

  it('one place or more says what it prints', () => {
    assert.ok(programs.length > 1);
    assert.ok(programs.flatMap(({ code }) => outputOf(code)).length > 0);
  });

  programs.forEach(({ where, code }, i) => {
    it(`${where} runs and prints what it says`, async () => {
      const { printed, exports, thrown } = await runProgram(folder, `program${i}`, code);
      assert.equal(thrown && inspect(thrown[0]), undefined);
      assert.deepEqual(missingOutput(code, printed), [], `printed: ${printed.join('\n')}`);
      const { graph, input } = exports as {
        graph?: { invoke: (input: unknown) => unknown };
        input?: unknown;
      };
      if (graph && input) await graph.invoke(input);
    });
  });

  it('any place compiles', async () => {
    const names = programs.map((_, i) => join(folder, `checked${i}.ts`));
    await Promise.all(programs.map(({ code }, i) => writeFile(names[i]!, `${code}\nexport {};\n`)));
    const { options } = ts.parseJsonConfigFileContent(
      ts.readConfigFile(join(root, 'tsconfig.json'), (path) => readFileSync(path, 'utf8')).config,
      ts.sys,
      root,
    );
    const checked = ts.createProgram(names, { ...options, types: ['node'], noUnusedLocals: false });
    const problems = ts.getPreEmitDiagnostics(checked).map(({ file, start, messageText }) => {
      const line = file?.text.slice(0, start).split('\n').length ?? 0;
      const program = file && programs[names.indexOf(file.fileName)];
      return `${program?.where ?? file?.fileName} line ${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
    assert.deepEqual(problems, []);
  });
});

describe('code that is not run', () => {
  for (const { page, line, mark } of left) {
    it(`at ${page}:${line} says why`, () => assert.match(mark, /^no-run: \w.{5,}/));
  }
});

describe('the example of', () => {
  const runner = createTestRunner({ after }, { maxMemoryMb: 128 });
  // What never ends takes that long; everything else must not be short of time on a slow machine.
  const hasty = createTestRunner({ after }, { loadLimitMs: 500 });
  const page = textOf('media/errors.md');
  const [prelude, ...examples] = fencesOf(page);
  const commands = fencesOf(page, 'sh');
  const [hello] = fencesOf(textOf('docs/command-line.md')) as [Fence];

  for (const [i, { heading, mark, code }] of examples.entries()) {
    it(`${heading} raises it`, async () => {
      const raised = mark.startsWith('file')
        ? await raisedByFile(/look/.test(mark) ? hasty : runner, join(folder, `file${i}`), {
            code,
            isStopped: /stop/.test(mark),
            isLook: /look/.test(mark),
            isReplay: /replay/.test(mark),
            isTest: /test/.test(mark),
            isTheirs: /langgraph/.test(mark),
          })
        : await raisedBy(`error${i}`, `${prelude!.code}${code}`);
      assert.ok(raised.includes(heading), `raised ${inspect(raised)}`);
    });
  }

  for (const { heading, code } of commands) {
    it(`${heading} raises it`, async (t) => {
      const [, vars = '', args = ''] = /^((?:\w+=\S+ )*)npx superstep (.+)$/m.exec(code) ?? [];
      await writeFile(join(folder, 'hello.graph.ts'), hello.code);
      const set = [...vars.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name!, value!]);
      // The other bundler, which only some installations have, would be run by a node of this path.
      const env = { ...Object.fromEntries(set), ...(vars !== '' && { PATH: folder }) };
      const { stderr } = await superstep(t, args.split(' '), { cwd: folder, env });
      assert.ok(stderr.includes(`(${heading})`), stderr);
    });
  }

  it('each code is there', () => {
    const codes = [...page.matchAll(/^## (\w+)$/gm)].map(([, code]) => code!);
    const shown = new Set([...examples, ...commands].map(({ heading }) => heading));
    assert.deepEqual(
      codes.filter((code) => !shown.has(code)),
      [],
    );
  });
});

/** The code that a program ends with, and those that it prints. */
async function raisedBy(name: string, code: string): Promise<unknown[]> {
  const { thrown, printed } = await runProgram(folder, name, code);
  return [...(thrown ?? []).map(codeOf), ...printed];
}

/** The codes that a graph file ends with, as text or when it is run, and of what is told of it before. */
async function raisedByFile(
  runner: ReturnType<typeof createTestRunner>,
  inside: string,
  {
    code,
    isStopped,
    isLook,
    isReplay,
    isTest,
    isTheirs,
  }: {
    code: string;
    isStopped: boolean;
    isLook: boolean;
    isReplay: boolean;
    isTest: boolean;
    isTheirs: boolean;
  },
): Promise<unknown[]> {
  await mkdir(inside, { recursive: true });
  const file = join(inside, 'example.graph.ts');
  await writeFile(file, code);
  const { problems } = parseSource(code, file);
  if (problems.length > 0) return problems.map(({ code }) => code);
  try {
    if (isTest) {
      const { results } = await runner.test({ file, shuffle: 4 });
      return results.map(({ failure }) => failure?.error.code);
    }
    if (isLook) await runner.describe(file);
    const told: unknown[] = [];
    const onHints = (hints: readonly Problem[]) => told.push(...hints.map(({ code }) => code));
    const stop = new AbortController();
    const onEvents = (events: readonly RunEvent[]) => {
      if (!isStopped || !events.some(({ type }) => type === 'taskStarted')) return;
      // By then it listens to nobody any more.
      setTimeout(() => stop.abort(), 1000);
    };
    const recordings = join(inside, 'recordings');
    const options = {
      signal: stop.signal,
      graceMs: 0,
      onEvents,
      onHints,
      ...(isTheirs && { engine: 'langgraph' as const }),
      ...(isReplay && {
        recording: { folder: recordings, mode: 'replay' as const },
        env: { RECORDINGS: recordings },
      }),
    };
    const { error } = await runner.run({ file, input: {}, ...options });
    return [error?.code, ...told];
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    return error.problems.map(({ code }) => code);
  }
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null)?.code ?? error;
}

describe('the links of', () => {
  for (const page of ['README.md', 'media/errors.md', ...guides]) {
    it(`${page} lead somewhere`, () => {
      const links = [...textOf(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, to]) => to!);
      const gone = links.filter((to) => globSync(join(root, page, '..', to)).length === 0);
      assert.deepEqual(gone, []);
    });
  }
});

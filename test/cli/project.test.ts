// Graphs that a langgraph.json names are listed, drawn and run by that name.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { onProcessEnd } from '../host/releases.ts';
import { superstep } from './superstep.ts';

const source = (node: string) => `
import { Annotation, START, StateGraph } from '@langchain/langgraph';
const builder = new StateGraph(Annotation.Root({ text: Annotation<string>() }))
  .addNode('${node}', () => ({ text: \`${node} \${process.env.PLACE}\` }))
  .addEdge(START, '${node}');
`;

function project(json: object): string {
  const root = mkdtempSync(join(tmpdir(), 'superstep-project-'));
  onProcessEnd(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, 'src'));
  const named = `${source('one')}export const graph = builder.compile();`;
  writeFileSync(join(root, 'src/agent.ts'), named);
  const factory = `${source('two')}export const makeGraph = async () => builder.compile({ name: 'Own' });`;
  writeFileSync(join(root, 'src/factory.ts'), factory);
  writeFileSync(join(root, 'vars'), 'PLACE=Rome');
  writeFileSync(join(root, 'langgraph.json'), JSON.stringify(json, undefined, 2));
  return root;
}

const graphs = { agent: './src/agent.ts:graph', flow: './src/factory.ts:makeGraph' };

describe('a langgraph.json', () => {
  it('lists its graphs under its names', async (t) => {
    const cwd = project({ graphs, env: 'vars' });
    const { code, stdout, stderr } = await superstep(t, ['list', 'langgraph.json'], { cwd });
    assert.deepEqual([code, stderr], [0, '']);
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/ {2,}/));
    assert.deepEqual(
      rows.map(([place, ...rest]) => [place!.replace(/:\d+$/, '').replaceAll('\\', '/'), ...rest]),
      [
        ['src/agent.ts', 'agent', 'agent', '1 node'],
        ['src/factory.ts', 'flow', 'Own', '1 node'],
      ],
    );
  });

  it('lists what is right with it, and tells what is not', async (t) => {
    const cwd = project({ graphs: { ...graphs, lost: './src/none.ts:graph' } });
    const { code, stdout, stderr } = await superstep(t, ['list', 'langgraph.json'], { cwd });
    assert.equal(code, 1);
    assert.match(stdout, /flow/);
    assert.match(
      stderr,
      /^langgraph\.json:5:13: error: langgraph\.json gives "lost" in ".\/src\/none\.ts", which does not exist \(INVALID_LANGGRAPH_JSON\)$/m,
    );
  });

  it('has its graphs run under its names, with its variables', async (t) => {
    const cwd = project({ graphs, env: 'vars' });
    const run = async (...args: string[]) =>
      superstep(t, ['run', 'langgraph.json', '--json', ...args], { cwd, env: { PLACE: '' } });
    const { code, stdout } = await run('--graph', 'flow');
    assert.equal(code, 0);
    assert.match(stdout, /"two Rome"/);
    const unnamed = await run();
    assert.equal(unnamed.code, 2);
    assert.match(unnamed.stderr, /names several graphs: agent, flow; choose one, --graph NAME/);
    const unknown = await run('--graph', 'nobody');
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /names no graph "nobody": it names agent, flow/);
  });

  it('gives its variables to its files, however they are run', async (t) => {
    const cwd = project({ graphs, env: { PLACE: 'Oslo' } });
    const { stdout } = await superstep(t, ['run', 'src/agent.ts'], { cwd, env: { PLACE: '' } });
    assert.match(stdout, /▶ agent/);
    assert.match(stdout, /one Oslo/);
  });

  it('is told of where its only graph is wrong', async (t) => {
    const cwd = project({ graphs: { agent: './src/agent.py:graph' } });
    const { code, stderr } = await superstep(t, ['draw', 'langgraph.json'], { cwd });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /"agent" in ".\/src\/agent\.py", which is neither TypeScript nor JavaScript/,
    );
  });

  it('has its graph drawn', async (t) => {
    const cwd = project({ graphs: { agent: graphs.agent } });
    const { code, stdout } = await superstep(t, ['draw', 'langgraph.json'], { cwd });
    assert.equal(code, 0);
    assert.match(stdout, /one/);
  });
});

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { nodeCodes } from '../../src/loader/bundle/nodeCodes.ts';
import { createTestRunner } from './testRunner.ts';

const graphText = `
import { Annotation, START, StateGraph } from 'superstep';
import { shout } from './voice.ts';
const State = Annotation.Root({ said: Annotation<string>() });
const inner = new StateGraph(State)
  .addNode('loud', async ({ said }) => ({ said: shout(said) }))
  .addNode('calm', () => ({}))
  .addEdge(START, 'loud')
  .addEdge('loud', 'calm')
  .compile();
export const graph = new StateGraph(State)
  .addNode('begin', () => ({ said: 'a' }), { ends: ['speak'] })
  .addNode('speak', inner)
  .addEdge(START, 'begin')
  .addConditionalEdges('begin', (state: typeof State.State) => (state.said ? 'speak' : '__end__'))
  .compile();
`;

test('what nodes are made of changes with the files that they import, and with the routers behind them', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'superstep-codes-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const runner = createTestRunner(t);
  const file = join(folder, 'some.graph.ts');
  const codes = async (text: string, sign: string) => {
    await writeFile(file, text);
    await writeFile(
      join(folder, 'voice.ts'),
      `export const shout = (text: string) => text + '${sign}';\n`,
    );
    const { code, graphs } = await runner.describe(file);
    return new Map(nodeCodes(code, graphs[0]!.functions!).nodes);
  };
  const first = await codes(graphText, '!');
  assert.deepEqual([...first.keys()], ['begin', 'speak:loud', 'speak:calm']);
  assert.ok([...first.values()].every((code) => code !== null));
  assert.deepEqual(await codes(`// As before.\n${graphText}`, '!'), first);
  const differing = (other: ReadonlyMap<string, string | null>) =>
    [...first.keys()].filter((id) => first.get(id) !== other.get(id));
  assert.deepEqual(differing(await codes(graphText, '?')), ['speak:loud']);
  const rerouted = graphText.replace("? 'speak' : '__end__'", "? '__end__' : 'speak'");
  assert.deepEqual(differing(await codes(rerouted, '!')), ['begin']);
});

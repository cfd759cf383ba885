import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import {
  Annotation,
  GRAPH,
  START,
  StateGraph,
  entrypoint,
  getPreviousState,
  task,
  type GraphHandle,
} from '../../../src/engine/index.ts';
import { collect, failsWith, mentions, recorder } from '../support.ts';

const double = task('double', async (n: number) => n * 2);

describe('an entrypoint', () => {
  it('takes any value and returns what its body returns', async () => {
    const echo = entrypoint('echo', (value: unknown) => value);
    const list = [1];
    for (const value of [0, '', false, 'text', list, new Date(0), { a: 1 }]) {
      assert.equal(await echo.invoke(value), value);
    }
  });

  it('leaves its input and its result changeable', async () => {
    const workflow = entrypoint('workflow', (list: number[]) => {
      list.push(2);
      return list;
    });
    const result = await workflow.invoke([1]);
    result.push(3);
    assert.deepEqual(result, [1, 2, 3]);
  });

  it('may return nothing, undefined or null', async () => {
    assert.equal(await entrypoint('none', () => {}).invoke({}), undefined);
    assert.equal(await entrypoint('null', () => null).invoke({}), null);
  });

  it('refuses to start on nothing', async () => {
    const workflow = entrypoint('workflow', (value: unknown) => value);
    mentions(await failsWith('EMPTY_INPUT', workflow.invoke(null)), 'entrypoint "workflow"');
    await failsWith('EMPTY_INPUT', workflow.invoke(undefined));
  });

  it('gives the body its config', async () => {
    const workflow = entrypoint('workflow', (_: object, config) => [
      config.configurable.user,
      config.metadata.langgraph_node,
      config.signal.aborted,
    ]);
    const withUser = workflow.withConfig({ configurable: { user: 'Ann' } });
    assert.deepEqual(await withUser.invoke({}), ['Ann', 'workflow', false]);
  });

  it('runs a batch in the order of its inputs', async () => {
    assert.deepEqual(await entrypoint('w', (n: number) => double(n)).batch([3, 1, 2]), [6, 2, 4]);
  });

  it('streams its result as the only value', async () => {
    const workflow = entrypoint('workflow', async (n: number) => (await double(n)) + 1);
    assert.deepEqual(await collect(workflow.stream(1, { streamMode: 'values' })), [3]);
  });

  it('can be called from a node, and stands inside of it for observers', async () => {
    const inner = entrypoint('inner', (n: number) => double(n));
    const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
      .addNode('outer', async (state) => ({ n: await inner.invoke(state.n) }))
      .addEdge(START, 'outer')
      .compile();
    const { onEvent, of } = recorder();
    assert.deepEqual(await graph.invoke({ n: 4 }, { onEvent }), { n: 8 });
    assert.deepEqual(
      of('taskFinished').map((event) => event.task.path.join('/')),
      ['outer/inner/double[0]', 'outer/inner', 'outer'],
    );
  });

  it('can be a node', async () => {
    const inner = entrypoint('inner', async (state: { n: number }) => ({
      n: await double(state.n),
    }));
    const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
      .addNode('outer', inner as any)
      .addEdge(START, 'outer')
      .compile();
    assert.deepEqual(await graph.invoke({ n: 4 }), { n: 8 });
  });

  it('can call graphs and other entrypoints', async () => {
    const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
      .addNode('inc', (state) => ({ n: state.n + 1 }))
      .addEdge(START, 'inc')
      .compile();
    const inner = entrypoint('inner', (n: number) => double(n));
    const outer = entrypoint('outer', async (n: number) => {
      const { n: more } = await graph.invoke({ n });
      return inner.invoke(more);
    });
    assert.equal(await outer.invoke(1), 4);
  });

  it('returns one value and saves another with final', async () => {
    const workflow = entrypoint('workflow', (n: number) =>
      entrypoint.final({ value: n, save: 2 * n }),
    );
    const result: number = await workflow.invoke(4);
    assert.equal(result, 4);
  });

  it('has no previous state without a checkpointer', async () => {
    const workflow = entrypoint('workflow', () => getPreviousState() === undefined);
    assert.equal(await workflow.invoke({}), true);
    await failsWith('OUTSIDE_RUN', () => getPreviousState());
  });

  it('checks its input against a schema', async () => {
    const workflow = entrypoint({ name: 'workflow', input: z.number() }, (n) => n + 1);
    assert.equal(await workflow.invoke(1), 2);
    const error = await failsWith('VALIDATION_FAILED', workflow.invoke('one' as any));
    mentions(error, 'input', 'number');
  });

  it('tells hosts its kind and the one thing it asks for', () => {
    const handle = (workflow: object) => (workflow as Record<symbol, GraphHandle>)[GRAPH]!;
    const plain = handle(entrypoint('plain', (n: number) => n));
    assert.equal(plain.kind, 'entrypoint');
    assert.deepEqual(plain.inputFields(), [{ key: 'input', type: 'any', required: true }]);
    const typed = handle(entrypoint({ name: 'typed', input: z.string() }, (text) => text));
    assert.deepEqual(typed.inputFields(), [{ key: 'input', type: 'string', required: true }]);
  });

  it('has a name and a drawing', () => {
    const workflow = entrypoint('workflow', (n: number) => n);
    assert.equal(workflow.name, 'workflow');
    assert.deepEqual(
      workflow.getGraph().edges.map(({ source, target }) => `${source} ${target}`),
      ['__start__ workflow', 'workflow __end__'],
    );
  });
});

// Whole runs as text: what an observer is told, line by line.
import { describe, it } from 'node:test';
import { Annotation, Command, END, START, Send, StateGraph } from '../../src/engine/index.ts';
import { FakeClock } from '../fakes/clock.ts';
import { assertGolden } from '../golden.ts';
import { LogState, recorder, says, settle, thrownBy, withEffects } from './support.ts';

/** Runs a graph and compares its events, and its state after each superstep, with the golden text. */
async function transcript(name: string, graph: any, input: object = {}): Promise<void> {
  const seen = recorder();
  // Where time stands still nothing lasts so long that timers get a turn, which may come between two events.
  const timeless = withEffects({ clock: new FakeClock() })(graph);
  const end = await timeless.invoke(input, { onEvent: seen.onEvent }).then(
    (output: unknown) => `output ${JSON.stringify(output)}`,
    (error: Error) => `error ${error.message}`,
  );
  const lines = seen.lines().map((line, i) => {
    const event = seen.events[i]!;
    if (event.type === 'superstepFinished') return `${line} ${JSON.stringify(event.state)}`;
    if (event.type === 'taskWrote') return `${line} ${JSON.stringify(event.update)}`;
    return line;
  });
  await assertGolden(`engine/${name}`, [...lines, end]);
}

/** A node that takes some turns of the event loop, so that the order of ends is fixed. */
const slowly = (name: string, turns: number) => async () => {
  for (let i = 0; i < turns; i++) await settle();
  return { log: [name] };
};

describe('observers are told as ever of', () => {
  it('an uneven join: by edges, by a barrier, deferred', async () => {
    for (const kind of ['edges', 'barrier', 'deferred'] as const) {
      const builder = new StateGraph(LogState)
        .addNode('a', says('a'))
        .addNode('b', says('b'))
        .addNode('b2', says('b2'))
        .addNode('c', slowly('c', 1))
        .addNode('d', says('d'), { defer: kind === 'deferred' })
        .addEdge(START, 'a')
        .addEdge('a', 'b')
        .addEdge('b', 'b2')
        .addEdge('a', 'c');
      if (kind === 'barrier') builder.addEdge(['b2', 'c'], 'd');
      else builder.addEdge('b2', 'd').addEdge('c', 'd');
      await transcript(`join-${kind}`, builder.compile(), { log: ['in'] });
    }
  });

  it('mapped tasks that map again, and are joined', async () => {
    const graph = new StateGraph(LogState)
      .addNode('map', (async (at: string) => {
        for (let i = at === 'x' ? 2 : 1; i > 0; i--) await settle();
        const goto = at.length < 2 ? [1, 2].map((n) => new Send('map', `${at}${n}`)) : [];
        return new Command({ update: { log: [at] }, goto });
      }) as any)
      .addNode('join', says('join'), { defer: true })
      .addConditionalEdges(START, () => ['x', 'y'].map((at) => new Send('map', at)), ['map'])
      .addEdge('map', 'join')
      .compile();
    await transcript('sends', graph);
  });

  it('two subgraphs side by side, one of which asks the parent to go on elsewhere', async () => {
    const Own = Annotation.Root({ own: Annotation<string>() });
    const left = new StateGraph(Own)
      .addNode('l1', () => ({ own: 'l1' }))
      .addNode('l2', () => ({ own: 'l2' }))
      .addEdge(START, 'l1')
      .addEdge('l1', 'l2')
      .compile();
    const right = new StateGraph(Own)
      .addNode('r1', async () => {
        for (let i = 0; i < 3; i++) await settle();
        return new Command({ graph: Command.PARENT, update: { log: ['from r1'] }, goto: 'other' });
      })
      .addEdge(START, 'r1')
      .compile();
    const graph = new StateGraph(LogState)
      .addNode('left', left)
      .addNode('right', right, { ends: ['other'] })
      .addNode('other', says('other'))
      .addEdge(START, 'left')
      .addEdge(START, 'right')
      .addEdge('other', END)
      .compile();
    await transcript('subgraphs', graph);
  });

  it('a loop with a router', async () => {
    const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
      .addNode('count', ({ n }) => ({ n: n + 1 }))
      .addEdge(START, 'count')
      .addConditionalEdges('count', ({ n }) => (n < 3 ? 'count' : END), ['count', END])
      .compile();
    await transcript('loop', graph, { n: 0 });
  });

  it('a failure in a subgraph, with siblings at work', async () => {
    const sub = new StateGraph(LogState)
      .addNode('good', says('good'))
      .addNode('bad', async () => {
        await settle();
        throw new Error('no more paper');
      })
      .addEdge(START, 'good')
      .addEdge('good', 'bad')
      .compile();
    const graph = new StateGraph(LogState)
      .addNode('sub', sub)
      .addNode('sibling', () => new Promise<undefined>(() => {}))
      .addEdge(START, 'sub')
      .addEdge(START, 'sibling')
      .compile();
    await transcript('failure', graph);
    await thrownBy(graph.invoke({}));
  });
});

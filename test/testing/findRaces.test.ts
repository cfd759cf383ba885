import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'node:test';
import { Annotation, Send, START, StateGraph, append, interrupt } from '../../src/engine/index.ts';
import { findRaces } from '../../src/testing/index.ts';

const State = Annotation.Root({
  names: Annotation<string[]>({ reducer: append, default: () => [] }),
  said: Annotation<string>(),
});

describe('findRaces()', () => {
  it('finds nothing where only the state joins what nodes write', async () => {
    const graph = new StateGraph(State)
      .addNode('split', () => ({}))
      .addNode('work', ({ said }: { said: string }) => ({ names: [said] }))
      .addEdge(START, 'split')
      .addConditionalEdges('split', () => ['a', 'b', 'c'].map((said) => new Send('work', { said })))
      .compile();
    assert.deepEqual(await findRaces(graph, {}, { runs: 12 }), { races: [], unstable: [] });
  });

  it('names the two nodes of many whose order makes the difference, and the seed', async () => {
    let last = '';
    const graph = new StateGraph(State)
      .addNode('reset', () => void (last = ''))
      .addNode('one', () => ({ names: ['one'] }))
      .addNode('two', () => void (last = 'two'))
      .addNode('three', () => ({ names: ['three'] }))
      .addNode('four', () => void (last = 'four'))
      .addNode('tell', () => ({ said: last }))
      .addEdge(START, 'reset')
      .addConditionalEdges('reset', () => ['one', 'two', 'three', 'four'])
      .addEdge(['one', 'two', 'three', 'four'], 'tell')
      .compile();
    const { races } = await findRaces(graph, {}, { runs: 12 });
    assert.ok(races.length > 0);
    for (const race of races) {
      assert.deepEqual(race.writers?.toSorted(), ['four', 'two']);
      assert.deepEqual(race.differences, [
        { about: 'state.said', expected: 'two', actual: 'four' },
      ]);
      assert.match(
        race.message,
        /^With seed \d+ state\.said is 'four', not 'two': "\w+" and "\w+" race/,
      );
    }
    assert.deepEqual(await findRaces(graph, {}, { runs: 12 }), { races, unstable: [] });
  });

  it('finds what goes wrong when a node fails once and the run goes on', async () => {
    let begun = 0;
    const graph = new StateGraph(State)
      .addNode('begin', () => void (begun = 0))
      .addNode('work', () => void begun++)
      .addNode('count', () => ({ said: String(begun) }))
      .addNode('other', () => ({ names: ['other'] }))
      .addEdge(START, 'begin')
      .addEdge('begin', 'work')
      .addEdge('work', 'count')
      .addEdge('begin', 'other')
      .compile();
    const { races } = await findRaces(graph, {}, { runs: 30 });
    assert.deepEqual(races, []);
    const forgets = new StateGraph(State)
      .addNode('note', (_, { metadata }) => ({ said: String(metadata['langgraph_task_id']) }))
      .addEdge(START, 'note')
      .compile();
    const { unstable } = await findRaces(forgets, {}, { runs: 1 });
    assert.deepEqual(unstable, ['state.said']);
  });

  it('lets nodes that wait for each other begin, and answers questions in every run', async () => {
    let meet = Promise.withResolvers<void>();
    const graph = new StateGraph(State)
      .addNode('ask', () => {
        meet = Promise.withResolvers();
        return { said: interrupt<string, string>('Who?') };
      })
      .addNode('waits', async () => {
        await meet.promise;
        return { names: ['waits'] };
      })
      .addNode('comes', async () => {
        await sleep(1);
        meet.resolve();
        return { names: ['comes'] };
      })
      .addEdge(START, 'ask')
      .addEdge('ask', 'waits')
      .addEdge('ask', 'comes')
      .compile();
    const { races } = await findRaces(graph, {}, { runs: 4, resume: ['Ada'] });
    assert.deepEqual(races, []);
  });

  it('refuses requests to models in some runs, and says so where that makes a difference', async () => {
    let random: (() => number) | undefined;
    const graph = new StateGraph(State)
      .addNode('ask', () => ({ said: random ? 'refused' : 'answered' }))
      .addEdge(START, 'ask')
      .compile();
    const { races } = await findRaces(graph, {}, { runs: 3, onFaults: (next) => (random = next) });
    assert.deepEqual(
      races.map(({ seed, faults }) => ({ seed, faults })),
      [{ seed: 1, faults: ['requests to models were refused once (429)'] }],
    );
    assert.equal(random, undefined);
  });
});

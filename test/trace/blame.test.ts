import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  Annotation,
  MessagesAnnotation,
  START,
  Send,
  StateGraph,
  append,
} from '../../src/engine/index.ts';
import { blame, type Writer } from '../../src/trace/blame.ts';
import { isSameData, takeOver } from '../../src/trace/sameData.ts';
import { record } from './record.ts';

const branch = ({ task }: { readonly task: { readonly path: readonly string[] } }) =>
  task.path.join('/');
const recordMade = (make: () => any, input: unknown = {}) => record(make(), input);

describe('blame', () => {
  const State = Annotation.Root({
    items: Annotation<string[]>({ reducer: append, default: () => [] }),
    last: Annotation<string>(),
    sum: Annotation<number>({ reducer: (a, b) => a + b, default: () => 0 }),
  });

  const named = ({ task, superstep }: Writer) =>
    `${task ? branch(task) : 'input'}@${superstep.superstep}`;

  it('tells of each element of a list, and of each value, who wrote it', async () => {
    const trace = await recordMade(
      () =>
        new StateGraph(State)
          .addNode('a', () => ({ items: ['a1', 'a2'], last: 'a', sum: 1 }))
          .addNode('b', () => ({ items: ['b'], sum: 2 }))
          .addNode('c', () => ({ items: ['c'], last: 'c' }))
          .addEdge(START, 'b')
          .addEdge(START, 'a')
          .addEdge(['a', 'b'], 'c')
          .compile(),
      { items: ['in'] },
    );
    const found = blame(trace.supersteps);
    const items = found.get('items')!;
    assert.equal(items.how, 'append');
    assert.deepEqual(items.elements?.map(named), ['input@0', 'a@1', 'a@1', 'b@1', 'c@2']);
    assert.deepEqual(
      [found.get('last')!.how, found.get('last')!.writers.map(named)],
      ['last', ['c@2']],
    );
    assert.deepEqual(
      [found.get('sum')!.how, found.get('sum')!.writers.map(named)],
      ['joined', ['input@0', 'a@1', 'b@1']],
    );
  });

  it('finds messages by their ids, replaced ones too', async () => {
    const trace = await recordMade(
      () =>
        new StateGraph(MessagesAnnotation)
          .addNode('answer', () => ({ messages: [{ role: 'assistant', content: 'Hi', id: '2' }] }))
          .addNode('mend', () => ({
            messages: [
              { role: 'assistant', content: 'Hello', id: '2' },
              { role: 'assistant', content: 'Anything else?' },
            ],
          }))
          .addEdge(START, 'answer')
          .addEdge('answer', 'mend')
          .compile() as any,
      { messages: [{ role: 'user', content: 'Hey', id: '1' }] },
    );
    const { how, elements } = blame(trace.supersteps).get('messages')!;
    assert.equal(how, 'merge');
    assert.deepEqual(elements?.map(named), ['input@0', 'mend@2', 'mend@2']);
  });

  it('names the task whose update has the element, in any graph of parallel and sent tasks', async () => {
    const steps = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(steps, async (counts) => {
        let made = 0;
        const trace = await recordMade(() => {
          const builder = new StateGraph(State) as any;
          counts.forEach((count, step) => {
            builder.addNode(`n${step}`, () => ({
              items: [`${step}/${made++}`, `${step}/${made++}`],
            }));
            const sends = () => Array.from({ length: count }, () => new Send(`n${step}`, {}));
            if (step === 0) builder.addConditionalEdges(START, sends, ['n0']);
            else {
              builder.addNode(`to${step}`, () => ({}));
              builder.addEdge(`n${step - 1}`, `to${step}`);
              builder.addConditionalEdges(`to${step}`, sends, [`n${step}`]);
            }
          });
          return builder.compile();
        });
        const { elements = [] } = blame(trace.supersteps).get('items')!;
        const items = trace.supersteps.at(-1)!.state!['items'] as string[];
        assert.equal(elements.length, items.length);
        items.forEach((item, at) => {
          const written = elements[at]!.task!.updates.flatMap(({ items }) => items as string[]);
          assert.ok(written.includes(item));
        });
      }),
      { numRuns: 20 },
    );
  });
});

describe('data that is the same', () => {
  it('is found, and later data takes over all that it has in common with earlier data', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const copy: unknown = structuredClone(a);
        assert.ok(isSameData(a, copy));
        assert.equal(takeOver(a, copy), a);
        assert.deepEqual(takeOver(a, b), b);
        const grown = [a, b];
        assert.equal((takeOver([a], structuredClone(grown)) as unknown[])[0], a);
      }),
    );
  });
});

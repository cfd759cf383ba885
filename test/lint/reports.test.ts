// What rules report beside their examples, in the forms in which programs are written.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lintText } from '../../src/lint/lintText.ts';
import { EXAMPLE_IMPORTS } from '../../src/lint/rulesPage.ts';
import { applyEdits } from '../../src/lint/textEdits.ts';

const STATE = `const State = Annotation.Root({
  text: Annotation<string>(),
  list: Annotation<string[]>({ reducer: append, default: () => [] }),
});
export const used = (state: typeof State.State) => [state.text, state.list];
`;

/** Reports as `rule: the text it stands at`. */
function reportsOf(code: string): string[] {
  const text = `${EXAMPLE_IMPORTS}${STATE}${code}`;
  const lines = text.split('\n');
  return lintText(text, { file: 'x.graph.ts' }).map(({ rule, range }) => {
    const line = lines[range.line1 - 1]!;
    const end = range.endLine1 === range.line1 ? range.endColumn1 - 1 : line.length;
    return `${rule}: ${line.slice(range.column1 - 1, end)}`;
  });
}

/** A graph of one node. */
const one = (node: string, more = ''): string => `
export const graph = new StateGraph(State).addNode('one', ${node})${more}.addEdge(START, 'one').compile();`;

const CASES: Record<string, { code: string; reports: string[] }> = {
  'writers further down the branches': {
    code: `
const builder = new StateGraph(State);
builder.addNode('a', () => ({})).addNode('b', () => ({}));
builder.addNode('a2', () => ({ text: 'a' })).addNode('b2', () => new Command({ update: { text: 'b' } }));
builder.addEdge(START, 'a').addEdge(START, 'b').addEdge('a', 'a2').addEdge('b', 'b2');
export const graph = builder.compile();`,
    reports: ['concurrent-writes: text'],
  },
  'writers in a state of zod': {
    code: `
import * as z from 'zod';
const Zod = z.object({ word: z.string().optional() });
const write = async () => ({ word: 'x' });
export const graph = new StateGraph(Zod)
  .addNode({ a: write, b: write })
  .addEdge(START, 'a')
  .addEdge(START, 'b')
  .compile();`,
    reports: ['concurrent-writes: word'],
  },
  'a node that a list is sent to': {
    code: `
export const graph = new StateGraph(State)
  .addNode('each', () => ({ text: 'x' }))
  .addConditionalEdges(START, ({ list }) => list.map((item) => new Send('each', item)), ['each'])
  .compile();`,
    reports: ['concurrent-writes: text'],
  },
  'a node that two Sends of one list go to': {
    code: `
export const graph = new StateGraph(State)
  .addNode('each', () => ({ text: 'x' }))
  .addConditionalEdges(START, () => [new Send('each', { n: 1 }), new Send('each', { n: 2 })], ['each'])
  .compile();`,
    reports: ['concurrent-writes: text'],
  },
  'nodes that a router names together, through its path map': {
    code: `
export const graph = new StateGraph(State)
  .addNode('a', () => ({ text: 'a' }))
  .addNode('b', () => ({ text: 'b' }))
  .addConditionalEdges(START, () => ['left', 'right'], { left: 'a', right: 'b' })
  .compile();`,
    reports: ['concurrent-writes: text'],
  },
  'a node that a list which is written down is sent to, by a command': {
    code: `
export const graph = new StateGraph(State)
  .addNode('split', () => {
    const parts = ['one', 'two'];
    const sends = parts.map((part) => new Send('each', { part }));
    return new Command({ goto: [...sends, 'rest'] });
  }, { ends: ['each', 'rest'] })
  .addNode('each', () => ({ text: 'x' }))
  .addNode('rest', () => ({}))
  .addEdge(START, 'split')
  .compile();`,
    reports: ['concurrent-writes: text'],
  },
  'a node that each round of a loop is sent to': {
    code: `
export const graph = new StateGraph(State)
  .addNode('each', () => ({ text: 'x' }))
  .addConditionalEdges(START, ({ list }) => {
    const sends = [];
    for (const item of list) sends.push(new Send('each', { item }));
    return sends;
  }, ['each'])
  .compile();`,
    reports: ['concurrent-writes: text'],
  },
  'writers that hold their update in a variable': {
    code: `
export const graph = new StateGraph(State)
  .addNode('a', () => {
    const update: Partial<typeof State.State> = { text: 'a' };
    update.list = ['a'];
    return update;
  })
  .addNode('b', () => {
    const update = { text: 'b' };
    return new Command({ update, goto: END });
  })
  .addEdge(START, 'a')
  .addEdge(START, 'b')
  .compile();`,
    reports: ['concurrent-writes: text'],
  },
  'a key that an update in a variable is given later': {
    code: one(`() => {
  const update: Record<string, unknown> = {};
  update.txt = 'a';
  return update;
}`),
    reports: ['unknown-key: txt'],
  },
  'all of the state, which is handed back with a list': {
    code: one(`(state) => ({ ...state, text: 'a' })`),
    reports: ['doubled-append: ...state'],
  },
  'two nodes that hand back all of the state': {
    code: `
const Plain = Annotation.Root({ left: Annotation<string>(), right: Annotation<string>() });
export const graph = new StateGraph(Plain)
  .addNode('a', (state) => ({ ...state, left: 'a' }))
  .addNode('b', (state) => {
    const next = { ...state, right: 'b' };
    return next;
  })
  .addEdge(START, 'a')
  .addEdge(START, 'b')
  .compile();`,
    reports: ['concurrent-writes: ...state'],
  },
  'names of nodes in a Send, a goto, a router and ends of a join': {
    code: `
export const graph = new StateGraph(State)
  .addNode('a', ({ text }) => new Command({ goto: text ? 'nowhere' : [new Send('void', {})] }))
  .addNode('b', () => ({}))
  .addEdge(START, 'a')
  .addConditionalEdges('a', () => 'limbo')
  .addEdge(['a', 'c'], 'b')
  .compile();`,
    reports: [
      "unknown-node: 'nowhere'",
      "unknown-node: 'void'",
      "unknown-node: 'limbo'",
      "unknown-node: 'c'",
    ],
  },
  'a boolean that a path map lacks': {
    code: `
export const graph = new StateGraph(State)
  .addNode('a', () => ({}))
  .addConditionalEdges(START, ({ text }) => (text ? true : false), { true: 'a' })
  .compile();`,
    reports: ['unmapped-result: false'],
  },
  'a node that nothing leads to': {
    code: `
export const graph = new StateGraph(State)
  .addNode('a', () => ({}))
  .addNode('lost', () => ({}))
  .addEdge(START, 'a')
  .compile();`,
    reports: ["unreachable-node: 'lost'"],
  },
  'lists and parts of the state that are changed in place': {
    code: one(`(state) => {
  state.list.push('a');
  state.text = 'b';
  delete state.text;
  return {};
}`),
    reports: [
      'state-mutation: state.list.push',
      'state-mutation: state.text',
      'state-mutation: state.text',
    ],
  },
  'a key that is taken out of the state and changed': {
    code: one(`({ list }) => ({ list: list.reverse() })`),
    reports: ['state-mutation: list.reverse'],
  },
  'an interrupt whose error is only logged': {
    code: one(`async () => {
  try {
    if (process.env.ASK) interrupt('?');
  } catch (error) {
    console.error(error);
  }
  return {};
}`),
    reports: ['interrupt-in-try: interrupt'],
  },
  'a model that is asked before the user': {
    code: `
import { ChatOpenAI } from 'superstep/openai';
const model = new ChatOpenAI().bindTools([]);
${one(`async () => {
  const { content } = await model.invoke('Hello');
  return { text: interrupt(content) as string };
}`)}`,
    reports: ["effect-before-interrupt: model.invoke('Hello')"],
  },
  'a model that is made of another where it is asked': {
    code: `
import { ChatOpenAI } from 'superstep/openai';
const model = new ChatOpenAI();
export const graph = new StateGraph(State)
  .addNode('each', async ({ text }) => ({ list: [await model.bindTools([]).invoke(text)] }))
  .addConditionalEdges(START, ({ list }) => list.map((text) => new Send('each', { text })), ['each'])
  .compile();`,
    reports: ['uncapped-models: model.bindTools([]).invoke(text)'],
  },
  'a chain of a prompt and a model, and one that is made where it is asked': {
    code: `
import { ChatOpenAI } from '@langchain/openai';
import { ChatPromptTemplate } from '@langchain/core/prompts';
const prompt = ChatPromptTemplate.fromTemplate('{text}');
const chain = prompt.pipe(new ChatOpenAI());
export const graph = new StateGraph(State)
  .addNode('each', async ({ text }) => ({ list: [await chain.invoke({ text })] }))
  .addNode('other', async ({ text }) => {
    const model = new ChatOpenAI();
    const own = prompt.pipe(model.withRetry()).pipe(toText);
    return { list: [await own.invoke({ text })] };
  })
  .addConditionalEdges(
    START,
    ({ list }) => list.flatMap((text) => [text]).map((text) => new Send('each', { text })).concat(list.map((text) => new Send('other', { text }))),
    ['each', 'other'],
  )
  .compile();`,
    reports: ['uncapped-models: chain.invoke({ text })', 'uncapped-models: own.invoke({ text })'],
  },
  'a limit inside configurable, and a thread given to compile': {
    code: `
export const graph = new StateGraph(State)
  .addNode('one', () => ({}))
  .addEdge(START, 'one')
  .compile({ thread_id: 'a' });
export const run = () => graph.invoke({}, { configurable: { recursionLimit: 9 } });`,
    reports: ['misplaced-config: thread_id', 'misplaced-config: recursionLimit'],
  },
  'a loop that never ends': {
    code: one(`() => { for (;;) break; while (true) { Math.random(); } }`),
    reports: ['blocking-loop: true'],
  },
  'a for loop without a condition that never ends': {
    code: one(`() => { for (;;) Math.random(); }`),
    reports: ['blocking-loop: for (;;) Math.random();'],
  },
};

describe('reported is', () => {
  for (const [what, { code, reports }] of Object.entries(CASES)) {
    it(what, () => assert.deepEqual(reportsOf(code), reports));
  }
});

describe('a rule', () => {
  const code = `${EXAMPLE_IMPORTS}${STATE}${one(`() => ({ txt: 'a' })`)}`;
  const file = 'x.graph.ts';

  it('can be given another weight, or be switched off', () => {
    assert.equal(lintText(code, { file, rules: { 'unknown-key': 'error' } })[0]?.severity, 'error');
    assert.deepEqual(lintText(code, { file, rules: { 'unknown-key': 'off' } }), []);
  });

  it('is silent about a line after a comment that names it, with or without a reason', () => {
    const before = (comment: string) =>
      lintText(code.replace('export const graph', `// ${comment}\nexport const graph`), { file });
    assert.deepEqual(before('superstep-disable-next-line unknown-key'), []);
    assert.deepEqual(before('superstep-disable-next-line unknown-node, unknown-key -- meant'), []);
    assert.deepEqual(before('superstep-disable-next-line'), []);
    assert.equal(before('superstep-disable-next-line unknown-node').length, 1);
  });

  it('counts lines as editors do, in texts with line ends of Windows', () => {
    const [report] = lintText(code.replaceAll('\n', '\r\n'), { file });
    assert.equal(report?.range.line1, lintText(code, { file })[0]?.range.line1);
  });

  it('mends statements as well as chains', () => {
    const text = `${EXAMPLE_IMPORTS}${STATE}
const builder = new StateGraph(State);
builder.addNode('a', () => ({}));
builder.addNode('b', () => ({}));
builder.addNode('b2', () => ({}));
builder.addNode('c', () => ({}));
builder.addEdge(START, 'a');
builder.addEdge(START, 'b');
builder.addEdge('b', 'b2');
builder.addEdge('a', 'c');
builder.addEdge('b2', 'c');
export const graph = builder.compile();
`;
    const [report] = lintText(text, { file });
    const [join, defer] = report!.fixes.map(({ edits }) => applyEdits(text, edits));
    assert.match(join!, /builder\.addEdge\(\['a', 'b2'\], 'c'\);\nexport const/);
    assert.match(defer!, /addNode\('c', \(\) => \(\{\}\), \{ defer: true \}\)/);
    for (const fixed of [join!, defer!]) assert.deepEqual(lintText(fixed, { file }), []);
  });
});

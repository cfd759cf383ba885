// What must not be reported: programs that are right, and programs of which the text does not tell enough.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { lintText } from '../../src/lint/lintText.ts';
import { EXAMPLE_IMPORTS } from '../../src/lint/rulesPage.ts';

const root = join(import.meta.dirname, '../..');

const STATE = `const State = Annotation.Root({
  text: Annotation<string>(),
  list: Annotation<string[]>({ reducer: append, default: () => [] }),
});
export const used = (state: typeof State.State) => [state.text, state.list];
`;

function rulesFor(code: string, file = 'x.graph.ts'): string[] {
  return lintText(`${EXAMPLE_IMPORTS}${STATE}${code}`, { file }).map(({ rule }) => rule);
}

/** Two nodes that write the same key at once, but for what a case says. */
const twoWriters = (edges: string, key = 'text'): string => `
export const graph = new StateGraph(State)
  .addNode('a', () => ({ ${key}: 'a' }))
  .addNode('b', () => ({ ${key}: 'b' }))
  ${edges}
  .compile();`;
const fork = `.addEdge(START, 'a').addEdge(START, 'b')`;

const RIGHT: Record<string, string> = {
  'a key with a reducer that two nodes write': twoWriters(fork, 'list'),
  'two writers of a key, one after the other': twoWriters(`.addEdge(START, 'a').addEdge('a', 'b')`),
  'two writers between which a router chooses': twoWriters(
    `.addConditionalEdges(START, ({ text }) => (text ? 'a' : 'b'), ['a', 'b'])`,
  ),
  'a writer that waits until the other has ended': `
export const graph = new StateGraph(State)
  .addNode('a', () => ({ text: 'a' }))
  .addNode('b', () => ({ text: 'b' }), { defer: true })
  ${fork}
  .compile();`,
  'a node that may leave the key alone': `
export const graph = new StateGraph(State)
  .addNode('a', ({ list }) => (list.length > 0 ? { text: 'a' } : {}))
  .addNode('b', () => ({ text: 'b' }))
  ${fork}
  .compile();`,
  'models that may be something else by the time they are asked': `
import { ChatOpenAI } from 'superstep/openai';
const outer = new ChatOpenAI();
export const graph = new StateGraph(State)
  .addNode('each', async ({ text }) => {
    let model: any = new ChatOpenAI();
    if (process.env.CI) model = { invoke: async () => text };
    const own = own.withRetry();
    const ask = (outer: any) => outer.invoke(text);
    return { list: [await model.invoke(text), await own.invoke(text), await ask(model)] };
  })
  .addConditionalEdges(START, ({ list }) => list.map((text) => new Send('each', { text })), ['each'])
  .compile();`,
  'a command that a node was given, and changes': `
import { isCommand } from 'superstep';
export const graph = new StateGraph(State)
  .addNode('a', (state: any) => {
    if (isCommand(state)) state.update = { text: 'a' };
    return state;
  })
  .addEdge(START, 'a')
  .compile();`,
  'a key that another file declares, which may use it': `
import { filesValue } from './files.ts';
const Wide = Annotation.Root({ text: Annotation<string>(), files: filesValue });
export const graph = new StateGraph(Wide)
  .addNode('a', () => ({ text: 'a' }))
  .addEdge(START, 'a')
  .compile();`,
  'one Send, and a node that a list names twice': `
export const graph = new StateGraph(State)
  .addNode('a', () => ({ text: 'a' }))
  .addNode('b', () => ({}))
  .addConditionalEdges(START, ({ text }) => (text ? [new Send('a', {}), 'b'] : ['a', 'a']), ['a', 'b'])
  .compile();`,
  'a loop that sends the first that fits': `
export const graph = new StateGraph(State)
  .addNode('each', () => ({ text: 'x' }))
  .addConditionalEdges(START, ({ list }) => {
    for (const item of list) return [new Send('each', { item })];
    return END;
  }, ['each', END])
  .compile();`,
  'an update in a variable from which a key is taken': `
export const graph = new StateGraph(State)
  .addNode('a', ({ list }) => {
    const update: Record<string, unknown> = { text: 'a', txt: 'b' };
    delete update.txt;
    if (list.length > 0) delete update.text;
    return update;
  })
  .addNode('b', () => ({ text: 'b' }))
  ${fork}
  .compile();`,
  'an update in a variable that a function of elsewhere may change': `
import { prune } from './prune.ts';
export const graph = new StateGraph(State)
  .addNode('a', () => {
    const update = { text: 'a', txt: 'b' };
    prune(update);
    return update;
  })
  .addNode('b', () => ({ text: 'b' }))
  ${fork}
  .compile();`,
  'all of what was sent to a node, which it hands back': `
export const graph = new StateGraph(State)
  .addNode('each', (state) => ({ ...state }))
  .addConditionalEdges(START, ({ list }) => list.map((item) => new Send('each', { item })), ['each'])
  .compile();`,
  'all of the state, handed back with another list': `
export const graph = new StateGraph(State)
  .addNode('a', (state) => ({ ...state, list: ['a'] }))
  .addEdge(START, 'a')
  .compile();`,
  'paths of unequal length that end in a join': `
export const graph = new StateGraph(State)
  .addNode('a', () => ({}))
  .addNode('b', () => ({}))
  .addNode('b2', () => ({}))
  .addNode('c', () => ({}))
  ${fork}
  .addEdge('b', 'b2')
  .addEdge(['a', 'b2'], 'c')
  .compile();`,
  'a node that is deferred': `
export const graph = new StateGraph(State)
  .addNode('a', () => ({}))
  .addNode('b', () => ({}))
  .addNode('b2', () => ({}))
  .addNode('c', () => ({}), { defer: true })
  ${fork}
  .addEdge('b', 'b2')
  .addEdge('a', 'c')
  .addEdge('b2', 'c')
  .compile();`,
  'a loop, in which nodes run again and again': `
export const graph = new StateGraph(State)
  .addNode('a', () => ({}))
  .addNode('b', () => ({}))
  .addEdge(START, 'a')
  .addEdge(START, 'b')
  .addEdge('a', 'b')
  .addConditionalEdges('b', ({ text }) => (text ? 'a' : END), ['a', END])
  .compile();`.replace(`.addEdge(START, 'b')\n  `, ''),
  'a join whose sources a router always chooses together': `
export const graph = new StateGraph(State)
  .addNode('a', () => ({}))
  .addNode('b', () => ({}))
  .addNode('c', () => ({}))
  .addConditionalEdges(START, () => ['a', 'b'], ['a', 'b'])
  .addEdge(['a', 'b'], 'c')
  .compile();`,
  'a join whose source the next round of a loop may choose': `
export const graph = new StateGraph(State)
  .addNode('pick', () => ({}))
  .addNode('a', () => ({}))
  .addNode('b', () => ({}))
  .addNode('c', () => ({}))
  .addEdge(START, 'pick')
  .addConditionalEdges('pick', ({ text }) => (text ? 'a' : 'b'), ['a', 'b'])
  .addEdge('a', 'pick')
  .addEdge('b', 'pick')
  .addEdge(['a', 'b'], 'c')
  .compile();`,
  'a goto beside an edge to END, or to the same node': `
export const graph = new StateGraph(State)
  .addNode('a', () => new Command({ goto: 'b' }), { ends: ['b'] })
  .addNode('b', () => ({}))
  .addEdge(START, 'a')
  .addEdge('a', 'b')
  .addEdge('a', END)
  .compile();`,
  'commands that go somewhere in the parent': `
export const graph = new StateGraph(State)
  .addNode('a', () => new Command({ goto: 'elsewhere', graph: Command.PARENT }))
  .addEdge(START, 'a')
  .addEdge('a', END)
  .compile();`,
  'results that a path map translates': `
export const graph = new StateGraph(State)
  .addNode('a', () => ({}))
  .addConditionalEdges(START, ({ text }) => text === 'go', { true: 'a', false: END })
  .compile();`,
  'a router of two nodes, each with a path map of its own': `
const turn = ({ text }: typeof State.State) => (text ? 'a' : 'b');
export const graph = new StateGraph(State)
  .addNode('a', () => ({}))
  .addNode('b', () => ({}))
  .addEdge(START, 'a')
  .addConditionalEdges('a', turn, ['b'])
  .addConditionalEdges('b', turn, ['a'])
  .compile();`,
  'a node that only a command reaches, named in ends': `
export const graph = new StateGraph(State)
  .addNode('a', () => new Command({ goto: 'b' }), { ends: ['b'] })
  .addNode('b', () => ({}))
  .addEdge(START, 'a')
  .compile();`,
  'keys that only the input of a node has': `
const Own = Annotation.Root({ secret: Annotation<string>() });
export const graph = new StateGraph(State)
  .addNode('a', () => ({ secret: 'x' }))
  .addNode('b', ({ secret }) => ({ text: secret }), { input: Own })
  .addEdge(START, 'a')
  .addEdge('a', 'b')
  .compile();`,
  'a list of its own that a node changes': `
export const graph = new StateGraph(State)
  .addNode('a', (state) => {
    const list = [...state.list];
    list.push('a');
    const state2 = { text: '' };
    state2.text = 'b';
    return { list: list.sort(), text: state2.text };
  })
  .addEdge(START, 'a')
  .compile();`,
  'an interrupt in a try that throws on, or that has no catch': `
export const graph = new StateGraph(State)
  .addNode('a', () => {
    try {
      return { text: interrupt('?') as string };
    } catch (error) {
      if (error instanceof TypeError) return { text: 'no' };
      throw error;
    } finally {
      console.log('done');
    }
  })
  .addEdge(START, 'a')
  .compile();`,
  'a request in a branch that does not ask, or after the question': `
export const graph = new StateGraph(State)
  .addNode('a', async ({ text }) => {
    if (text === 'send') {
      await fetch('https://example.com', { method: 'POST' });
      return {};
    }
    const answer = interrupt('?') as string;
    await fetch('https://example.com', { method: 'POST' });
    return { text: answer };
  })
  .addEdge(START, 'a')
  .compile();`,
  'tasks whose promises are gathered': `
const save = task('save', async (text: string) => text);
export const flow = entrypoint('flow', async (text: string) => {
  const all = [save(text), save(text)];
  return Promise.all(all);
});`,
  'nodes of one name of which a condition chooses': `
const builder = new StateGraph(State).addEdge(START, 'a');
if (process.env['FAST']) builder.addNode('a', () => ({ text: 'fast' }));
else builder.addNode('a', () => ({ text: 'slow' }));
export const graph = builder.compile();`,
  'an endless loop that asks, which leaves the node': `
export const graph = new StateGraph(State)
  .addNode('ask', () => {
    for (let i = 0; ; i++) interrupt(String(i));
  })
  .addEdge(START, 'ask')
  .compile();`,
  'an endless loop that waits in between': `
export const graph = new StateGraph(State)
  .addNode('a', async () => {
    while (true) {
      const { status } = await fetch('https://example.com');
      if (status === 200) return {};
    }
  })
  .addEdge(START, 'a')
  .compile();`,
  'a thread in its place, and a limit in its own': `
export const graph = new StateGraph(State)
  .addNode('a', () => ({}))
  .addEdge(START, 'a')
  .compile();
export const run = () => graph.invoke({}, { configurable: { thread_id: 'a' }, recursionLimit: 9 });`,
  'a subgraph whose list nothing has been written to before': `
const inner = new StateGraph(State)
  .addNode('work', () => ({ list: ['a'] }))
  .addEdge(START, 'work')
  .compile();
export const graph = new StateGraph(State)
  .addNode('inner', inner)
  .addEdge(START, 'inner')
  .compile();`,
};

const UNKNOWN: Record<string, string> = {
  'nodes that a loop adds': `
const builder = new StateGraph(State);
for (const name of ['a', 'b']) builder.addNode(name, () => ({}));
builder.addNode('c', () => ({}));
builder.addEdge(START, 'a').addEdge('a', 'missing');
export const graph = builder.compile();`,
  'a builder that a function of another file is given': `
import { addMore } from './more.ts';
const builder = new StateGraph(State).addNode('a', () => ({})).addNode('b', () => ({}));
addMore(builder);
export const graph = builder.compile();`,
  'a builder that a function of this file changes': `
const builder = new StateGraph(State).addNode('a', () => ({}));
function more() {
  builder.addNode('b', () => ({}));
}
more();
builder.addEdge(START, 'a').addEdge('a', 'b');
export const graph = builder.compile();`,
  'edges behind a condition': `
const builder = new StateGraph(State).addNode('a', () => ({})).addNode('b', () => ({}));
builder.addEdge(START, 'a');
if (process.env.MORE) builder.addEdge('a', 'b');
export const graph = builder.compile();`,
  'names that are made up': `
const target = process.env.TARGET ?? 'nowhere';
export const graph = new StateGraph(State)
  .addNode('a', () => ({}))
  .addNode('b', () => ({}))
  .addEdge(START, 'a')
  .addEdge('a', target)
  .compile();`,
  'a name that is given another value': `
let target = 'nowhere';
target = 'a';
export const graph = new StateGraph(State)
  .addNode('a', () => ({}))
  .addEdge(START, target)
  .compile();`,
  'a map that is added to': `
const paths: Record<string, string> = { a: 'a' };
paths.b = 'b';
export const graph = new StateGraph(State)
  .addNode('a', () => ({}))
  .addNode('b', () => ({}))
  .addConditionalEdges(START, ({ text }) => (text ? 'a' : 'b'), paths)
  .compile();`,
  'a builder that is returned before it is compiled': `
function base() {
  return new StateGraph(State).addNode('a', () => ({})).addNode('b', () => ({})).addEdge(START, 'a');
}
export const graph = base().addEdge('a', 'b').compile();`,
  'a state that is made elsewhere': `
import { Other } from './state.ts';
export const graph = new StateGraph(Other)
  .addNode('a', () => ({ text: 'a' }))
  .addNode('b', () => ({ text: 'b', unheard: 1 }))
  ${fork}
  .compile();`,
  'keys that are spread from elsewhere': `
import { more } from './state.ts';
const Wide = Annotation.Root({ ...State.spec, ...more });
export const graph = new StateGraph(Wide)
  .addNode('a', () => ({ unheard: 'a' }))
  .addEdge(START, 'a')
  .compile();`,
  'an interrupt of somebody else': `
import { interrupt as stop } from './mine.ts';
export const graph = new StateGraph(State)
  .addNode('a', () => {
    try {
      stop('?');
    } catch {
      return {};
    }
    return {};
  })
  .addEdge(START, 'a')
  .compile();`,
  'a text that cannot be parsed': `
export const graph = new StateGraph(State)
  .addNode('a', () => ({ unheard: 1 }))
  .addEdge(START, 'b'
  .compile();`,
};

describe('nothing is reported of', () => {
  for (const [what, code] of Object.entries({ ...RIGHT, ...UNKNOWN })) {
    it(what, () => assert.deepEqual(rulesFor(code), []));
  }

  it('a file that is no graph file, for what is exported', () => {
    const code = `const graph = new StateGraph(State).addNode('a', () => ({})).addEdge(START, 'a').compile();`;
    assert.deepEqual(rulesFor(code, 'lib.ts'), []);
    assert.deepEqual(
      rulesFor(code.replace('const', 'export const').replace('.compile()', ''), 'lib.ts'),
      [],
    );
  });

  for (const path of globSync('{examples,templates}/*.graph.ts', { cwd: root })) {
    it(path, () => {
      const text = readFileSync(join(root, path), 'utf8');
      assert.deepEqual(lintText(text, { file: path }), []);
    });
  }
});

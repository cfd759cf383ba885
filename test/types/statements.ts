// Graphs that are built in statements, loops, helpers and by conditions. Compiled, never run.
import {
  Annotation,
  Command,
  END,
  MessagesAnnotation,
  START,
  Send,
  StateGraph,
} from '../../src/engine/index.ts';

const S = Annotation.Root({ foo: Annotation<number>, bar: Annotation<string[]> });
const w = new StateGraph(S);
w.addNode('hello', (s) => ({ ...s, foo: 1 }));
w.addEdge(START, 'hello');
w.addEdge('hello', END);
export const app = w.compile();
// loop with reassignment
let g = new StateGraph(S);
for (const name of ['a', 'b', 'c']) g = g.addNode(name, () => ({ foo: 1 }));
g.addEdge(START, 'a').addEdge('a', 'b');
// conditional addition
const c = new StateGraph(S).addNode('gen', () => ({})).addNode('rev', () => ({}));
if (Math.random() > 0.5) c.addNode('load', () => ({}));
c.addEdge(START, 'load');
// helper function that takes any builder
function addCommon(b: StateGraph<any, any>) {
  b.addNode('common', () => ({}));
  return b;
}
addCommon(new StateGraph(S)).addEdge(START, 'common');
// enum names
declare enum N {
  One = 'one',
  Two = 'two',
}
const e = new StateGraph(S)
  .addNode(N.One, () => ({}))
  .addNode(N.Two, () => ({}))
  .addEdge(START, N.One)
  .addConditionalEdges(N.One, (s) => (s.foo ? N.Two : END), [N.Two, END]);
// nodes as record and as list
const r = new StateGraph(S)
  .addNode({ x: () => ({ foo: 1 }), y: () => ({ bar: ['q'] }) })
  .addEdge(START, 'x')
  .addEdge('x', 'y');
// class methods
class Agent {
  async work(s: typeof S.State) {
    return { foo: s.foo + 1 };
  }
  build() {
    return new StateGraph(S).addNode('work', this.work.bind(this)).addEdge(START, 'work').compile();
  }
}
// typo in a chain is an error
// @ts-expect-error as the line above says
new StateGraph(S).addNode('x', () => ({})).addEdge(START, 'xx');
// wrong type of a key is an error
// @ts-expect-error as the line above says
new StateGraph(S).addNode('x', () => ({ foo: 'text' }));
// unknown key is an error
// @ts-expect-error as the line above says
new StateGraph(S).addNode('x', () => ({ fooo: 1 }));
// router typed
// @ts-expect-error as the line above says
new StateGraph(S).addNode('x', () => ({})).addConditionalEdges('x', () => 'nope' as const);
// result types
const out: { foo: number; bar: string[] } = await app.invoke({ foo: 1 });
// @ts-expect-error wrong type of the input
await app.invoke({ foo: 'text' });
// goto typed by ends
new StateGraph(S)
  .addNode('x', () => new Command({ goto: 'y', update: { foo: 1 } }), { ends: ['y'] })
  .addNode('y', () => ({}));
// @ts-expect-error update of a Command with a wrong type
const wrong = (): Command<{ foo: number }> => new Command({ update: { foo: 'text' } });
new StateGraph(S)
  .addNode('m', () => ({}))
  .addConditionalEdges('m', (s) => s.bar.map((b) => new Send('m', { bar: [b] })));

// A name with another digit, or quite another name, is that of a node of another statement
const steps = new StateGraph(S).addNode('step1', () => ({}));
steps.addNode('step2', () => ({}));
steps.addNode('review', () => ({}));
steps.addEdge('step1', 'step2').addEdge(['step1', 'step2'], 'review').setEntryPoint('review');
steps.addEdge('step2', 'step10').setFinishPoint('review');
// @ts-expect-error looks like a misspelling
steps.addEdge('step1', 'Stpe1');
// @ts-expect-error looks like a misspelling in a barrier
steps.addEdge(['step1', 'stp1'], 'review');
// @ts-expect-error nothing follows END
steps.addEdge(END, 'review');
// @ts-expect-error START only begins
steps.addEdge('review', START);
// Routers of a graph whose nodes are all added in statements
w.addConditionalEdges('hello', (s) => (s.foo ? 'bye' : END), ['bye', END]);
w.addConditionalEdges(START, (s) => (s.foo ? 'bye' : 'hello'));
await app.updateState({ configurable: { thread_id: '1' } }, { foo: 1 }, 'hello');
void [wrong, e, r, Agent, out, MessagesAnnotation];

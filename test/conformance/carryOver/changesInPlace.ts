// Nodes that change their state in place and return what they changed.
import { AIMessage, HumanMessage } from '@langchain/core/messages';
import { Annotation, MessagesAnnotation, START, StateGraph } from 'superstep';

const State = Annotation.Root({
  ...MessagesAnnotation.spec,
  list: Annotation<string[]>(),
  plan: Annotation<{ title?: string; steps: { done?: boolean }[] }>(),
  n: Annotation<number>(),
});
type Values = typeof State.State;

const finish = (state: Values) => {
  for (const step of state.plan.steps) step.done = true;
};

const nodes: Record<string, (state: Values) => any> = {
  pushes(state) {
    state.messages.push(new AIMessage({ content: 'Hello', id: '2' }));
    return state;
  },
  counts(state) {
    state.n += 1;
    return state;
  },
  async sorts({ list }) {
    await Promise.resolve();
    list.sort();
    return { list };
  },
  deletes({ plan }) {
    delete plan.title;
    return { plan };
  },
  loops: (state) => {
    state.plan.steps.forEach((step) => {
      step.done = false;
    });
    return { plan: state.plan };
  },
  asksAnother: (state) => {
    finish(state);
    return { plan: state.plan };
  },
};

for (const [name, node] of Object.entries(nodes)) {
  const graph = new StateGraph(State).addNode(name, node).addEdge(START, name).compile();
  const { messages, ...rest } = await graph.invoke({
    messages: [new HumanMessage({ content: 'Hi', id: '1' })],
    list: ['b', 'a'],
    plan: { title: 'Trip', steps: [{}, {}] },
    n: 1,
  });
  console.log(name, JSON.stringify(rest), messages.map(({ text }) => text).join());
}

// What nodes see of a state and may write to it. Compiled, never run.
import { z } from 'zod';
import {
  Annotation,
  MessagesAnnotation,
  MessagesValue,
  Overwrite,
  ReducedValue,
  START,
  StateGraph,
  StateSchema,
  UntrackedValue,
  withLangGraph,
  append,
  sum,
  type BaseMessage,
} from '../../src/engine/index.ts';
import { assertType, type Equal } from './support.ts';

// Annotation
{
  const State = Annotation.Root({
    topic: Annotation<string>(),
    jokes: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
    lines: Annotation<string[]>({ reducer: append }),
    total: Annotation<number, string>({ reducer: (a, b) => a + b.length }),
    count: Annotation<number>({ reducer: sum }),
    anything: Annotation,
  });
  type State = typeof State.State;
  assertType<Equal<State['topic'], string>>();
  assertType<Equal<State['jokes'], string[]>>();
  assertType<Equal<State['total'], number>>();

  new StateGraph(State).addNode('a', (state) => {
    assertType<Equal<typeof state, State>>();
    // @ts-expect-error wrong key
    void state.topics;
    return { topic: state.topic.toUpperCase(), total: 'text' };
  });
  new StateGraph(State)
    .addNode('sync', () => ({ jokes: ['a'] }))
    .addNode('async', async () => ({ jokes: ['a'] }))
    .addNode('nothing', () => {})
    .addNode('null', () => null)
    .addNode('maybe', ({ topic }) => (topic === '' ? undefined : { topic }))
    .addNode('either', ({ topic }) => (topic === '' ? { topic } : { jokes: [topic] }))
    .addNode('overwrite', () => ({ jokes: new Overwrite(['b']) }))
    .addNode('partial', (): Partial<Pick<State, 'topic' | 'jokes'>> => ({ topic: '' }))
    .addNode('unset', () => ({ topic: undefined }))
    .addNode('loose', () => JSON.parse('{}'))
    .addNode('record', (): Record<string, any> => ({}));

  const graph = new StateGraph(State);
  // @ts-expect-error wrong type of a value
  graph.addNode('a', () => ({ topic: 7 }));
  // @ts-expect-error wrong type of an update
  graph.addNode('a', () => ({ total: 7 }));
  // @ts-expect-error wrong type, async
  graph.addNode('a', async () => ({ jokes: 'text' }));
  // @ts-expect-error wrong key alone
  graph.addNode('a', () => ({ topics: 'x' }));
  // @ts-expect-error wrong key beside a right one
  graph.addNode('a', () => ({ topic: 'x', jokez: ['x'] }));
  // @ts-expect-error wrong key, async
  graph.addNode('a', async () => ({ topic: 'x', jokez: ['x'] }));
  // @ts-expect-error wrong key on one branch
  graph.addNode('a', ({ topic }) => (topic === '' ? { topic } : { topic, jokez: [topic] }));
  // @ts-expect-error wrong key among several nodes
  graph.addNode({ a: () => ({ topic: 'x' }), b: () => ({ topic: 'x', jokez: 1 }) });
  // @ts-expect-error not an update
  graph.addNode('a', () => 'text');
}

// StateSchema
{
  const State = new StateSchema({
    name: z.string(),
    count: z.number().default(0),
    tone: z.enum(['kind', 'curt']).optional(),
    length: z.string().transform((text) => text.length),
    list: new ReducedValue(z.array(z.string()).default([]), {
      inputSchema: z.string(),
      reducer: (list, item: string) => [...list, item],
    }),
    messages: MessagesValue,
  });
  type State = typeof State.State;
  assertType<Equal<State['name'], string>>();
  assertType<Equal<State['count'], number>>();
  assertType<Equal<State['tone'], 'kind' | 'curt' | undefined>>();
  assertType<Equal<State['length'], number>>();
  assertType<Equal<State['list'], string[]>>();
  assertType<Equal<State['messages'], BaseMessage[]>>();

  new StateGraph(State)
    .addNode('a', (state) => {
      assertType<Equal<typeof state, State>>();
      return { tone: 'kind', length: 'as it is written', list: 'one', messages: 'hi' };
    })
    .addNode('b', () => ({ messages: [{ role: 'user', content: 'hi' }] }))
    .addNode('c', () => ({ messages: ['assistant', 'hi'] }));
  // @ts-expect-error not a member of the enum
  new StateGraph(State).addNode('a', () => ({ tone: 'rude' }));
  // @ts-expect-error the schema takes a string here
  new StateGraph(State).addNode('a', () => ({ length: 7 }));
  // @ts-expect-error not a field
  new StateSchema({ bad: 'text' });
}

// z.object
{
  const State = z.object({ name: z.string(), count: z.number().default(0) });
  new StateGraph(State).addNode('a', (state) => {
    assertType<Equal<typeof state, { name: string; count: number }>>();
    // @ts-expect-error wrong key
    void state.nam;
    return { count: state.count + 1 };
  });
  // @ts-expect-error wrong key beside a right one
  new StateGraph(State).addNode('a', () => ({ count: 1, nam: '' }));
}

// Messages
{
  new StateGraph(MessagesAnnotation).addNode('a', ({ messages }) => {
    assertType<Equal<typeof messages, BaseMessage[]>>();
    return { messages: messages.slice(-1) };
  });
}

// Input, output and context
{
  const State = Annotation.Root({ a: Annotation<number>(), b: Annotation<string>() });
  const Input = Annotation.Root({ a: Annotation<number>() });
  const Output = Annotation.Root({ b: Annotation<string>() });
  const Context = z.object({ user: z.string() });
  const graph = new StateGraph(State, { input: Input, output: Output, context: Context })
    .addNode('n', (state, config) => {
      assertType<Equal<typeof state, { a: number; b: string }>>();
      assertType<Equal<typeof config.context, { user: string }>>();
      return { b: `${state.a} ${config.context.user}` };
    })
    .addEdge(START, 'n')
    .compile();
  const result = await graph.invoke({ a: 1 }, { context: { user: 'u' } });
  assertType<Equal<typeof result, { b: string }>>();
  // @ts-expect-error not a key of the input
  await graph.invoke({ b: 'x' });
  // @ts-expect-error wrong type
  await graph.invoke({ a: 'x' });
  // @ts-expect-error wrong context
  await graph.invoke({ a: 1 }, { context: { usr: 'u' } });

  // As the second argument; what has a default may be left out by callers, and is there for nodes.
  const second = new StateGraph(State, z.object({ user: z.string(), limit: z.number().default(1) }))
    .addNode('c', (_, config) => {
      assertType<Equal<typeof config.context, { user: string; limit: number }>>();
    })
    .addEdge(START, 'c')
    .compile();
  await second.invoke({ a: 1 }, { context: { user: 'u' } });
  // @ts-expect-error of another type
  await second.invoke({ a: 1 }, { context: { user: 'u', limit: 'many' } });
  // @ts-expect-error unknown config
  await graph.invoke({ a: 1 }, { recursionlimit: 3 });

  const parts = new StateGraph({ state: State, output: Output })
    .addNode('n', ({ b }) => ({ b }))
    .addEdge(START, 'n')
    .compile();
  const one = await parts.invoke({ a: 1 });
  assertType<Equal<typeof one, { b: string }>>();
  const many = await parts.batch([{ a: 1 }, { b: 'x' }]);
  assertType<Equal<typeof many, { b: string }[]>>();
}

// Input of a node
{
  const State = Annotation.Root({ a: Annotation<number>() });
  const Own = Annotation.Root({ a: Annotation<number>(), secret: Annotation<string>() });
  new StateGraph(State)
    .addNode(
      'n',
      (state) => {
        assertType<Equal<typeof state, { a: number; secret: string }>>();
        return { a: state.secret.length, secret: 'more' };
      },
      { input: Own },
    )
    // @ts-expect-error wrong key
    .addNode('m', () => ({ a: 1, secrets: 'x' }), { input: Own });
}

// Reducers of zod keys: what is written may differ from what is read
{
  const State = z.object({
    lines: withLangGraph(z.array(z.string()), {
      reducer: { fn: (a: string[], b: number) => [...a, String(b)] },
      default: () => [],
    }),
    n: z.number(),
  });
  const graph = new StateGraph(State)
    .addNode('a', (state) => {
      assertType<Equal<typeof state, { lines: string[]; n: number }>>();
      return { lines: 1 };
    })
    .addEdge(START, 'a')
    .compile();
  await graph.invoke({ lines: 2 });
  // @ts-expect-error an update of another type
  await graph.invoke({ lines: 'x' });
  const untracked = new StateSchema({ session: new UntrackedValue<{ token: string }>() });
  assertType<Equal<typeof untracked.State, { session: { token: string } }>>();
}

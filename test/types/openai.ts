// What the client of models knows of the values it gives. Compiled, never run.
import { z } from 'zod';
import {
  Annotation,
  MessagesAnnotation,
  START,
  StateGraph,
  type AIMessage,
} from '../../src/engine/index.ts';
import {
  ChatOpenAI,
  ToolNode,
  tool,
  toolsCondition,
  type RawAndParsed,
} from '../../src/openai/index.ts';
import { assertType, type Equal } from './support.ts';

const model = new ChatOpenAI({ model: 'm' });
const Person = z.object({ name: z.string(), age: z.number().default(7) });
type PersonOut = { name: string; age: number };

// Structured values have the type that the schema gives them.
{
  const value = await model.withStructuredOutput(Person).invoke('?');
  assertType<Equal<typeof value, PersonOut>>();
  const values = await model.withStructuredOutput(Person).batch(['?']);
  assertType<Equal<typeof values, PersonOut[]>>();
  const both = await model.withStructuredOutput(Person, { includeRaw: true }).invoke('?');
  assertType<Equal<typeof both, RawAndParsed<PersonOut>>>();
  const json = await model.withStructuredOutput({ type: 'object', properties: {} }).invoke('?');
  assertType<Equal<typeof json, Record<string, any>>>();
  const told = await model.withStructuredOutput<{ id: number }>({ type: 'object' }).invoke('?');
  assertType<Equal<typeof told, { id: number }>>();
}

// A call takes the config of a node, and LangChain's of a call.
{
  const State = Annotation.Root({ said: Annotation<string>() });
  new StateGraph(State)
    .addNode('ask', async (_, config) => ({ said: (await model.invoke('?', config)).text }))
    .addEdge(START, 'ask');
  const message = await model.invoke('?', { tags: ['a'], metadata: {}, runName: 'ask' });
  assertType<Equal<typeof message, AIMessage>>();
  // @ts-expect-error A typo is not an option.
  await model.invoke('?', { sgnal: undefined });
}

// Tools know their arguments and results.
{
  const add = tool(async ({ name, age }) => `${name}${age}`, { name: 'add', schema: Person });
  const result = await add.invoke({ name: 'Ann' });
  assertType<Equal<typeof result, string>>();
  // @ts-expect-error The name is missing.
  await add.invoke({ age: 7 });
  new StateGraph(MessagesAnnotation)
    .addNode('tools', new ToolNode([add]))
    .addNode('model', async ({ messages }) => ({
      messages: [await model.bindTools([add]).invoke(messages)],
    }))
    .addEdge(START, 'model')
    .addConditionalEdges('model', toolsCondition)
    .compile();
}

// Messages may be those of a provider's own library, whose types have no index signatures.
{
  interface ContentPart {
    type: 'text';
    text: string;
  }
  interface ProviderMessage {
    role: 'assistant';
    content: string | null | ContentPart[];
    refusal: string | null;
    tool_calls?: { id: string; function: { name: string; arguments: string } }[];
  }
  const said = {} as ProviderMessage;
  new StateGraph(MessagesAnnotation)
    .addNode('raw', () => ({ messages: [said] }))
    .addNode('one', () => ({ messages: { role: 'tool', content: '3', tool_call_id: 'x' } }))
    .addNode('removes', () => ({ messages: [{ role: 'remove', id: '1' }] }))
    .addEdge(START, 'raw');
  void model.invoke([said, { role: 'tool', tool_call_id: 'x', content: '3' }]);
}

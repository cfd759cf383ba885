// Agents from `createReactAgent`: prompts, hooks, structured answers, direct answers, tools one by one.
import { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage, HumanMessage, type BaseMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { Annotation, Command, MemorySaver, MessagesAnnotation, interrupt } from 'superstep';
import { createReactAgent } from 'superstep/prebuilt';
import * as z from 'zod';

type Answer = (messages: BaseMessage[]) => AIMessage;

/** A model that says what it is told to, and prints what it hears. */
class Scripted extends BaseChatModel {
  readonly answers: Answer[];
  tools: string[] = [];

  constructor(answers: Answer[]) {
    super({});
    this.answers = answers;
  }

  _llmType() {
    return 'scripted';
  }

  override bindTools(tools: any[]): any {
    this.tools = tools.map(({ name }) => name as string);
    return this;
  }

  override withStructuredOutput(): any {
    return {
      invoke: (messages: BaseMessage[]) =>
        Promise.resolve({ heard: messages.map(({ text }) => text) }),
    };
  }

  async _generate(messages: BaseMessage[]) {
    console.log(
      'hears',
      messages.map((message) => `${message.getType()}: ${message.text}`).join(' | '),
    );
    const message = this.answers.shift()!(messages);
    return { generations: [{ text: message.text, message }] };
  }
}

let calls = 0;
const call = (name: string, args: Record<string, unknown>) => ({
  name,
  args,
  id: `call-${++calls}`,
  type: 'tool_call' as const,
});
const says =
  (text: string): Answer =>
  () =>
    new AIMessage({ content: text });
const asks =
  (...wanted: (readonly [string, Record<string, unknown>])[]): Answer =>
  () =>
    new AIMessage({ content: '', tool_calls: wanted.map(([name, args]) => call(name, args)) });

const pair = z.object({ a: z.number(), b: z.number() });
const add = tool(({ a, b }: z.infer<typeof pair>) => String(a + b), {
  name: 'add',
  description: 'Adds',
  schema: pair,
});
const multiply = tool(({ a, b }: z.infer<typeof pair>) => String(a * b), {
  name: 'multiply',
  description: 'Multiplies',
  schema: pair,
  returnDirect: true,
});
const fails = tool(
  () => {
    throw new Error('no luck');
  },
  { name: 'fails', description: 'Fails', schema: z.object({}) },
);
const approve = tool(() => `approved: ${interrupt('May I?')}`, {
  name: 'approve',
  description: 'Asks',
  schema: z.object({}),
});
const remember = tool(
  ({ what }: { what: string }) => new Command({ update: { note: what, messages: [] } }),
  { name: 'remember', description: 'Remembers', schema: z.object({ what: z.string() }) },
);

const input = () => ({ messages: [new HumanMessage('Hello')] });
function print(state: any) {
  for (const message of state.messages) console.log(message.getType(), message.name, message.text);
  const { messages: _, ...rest } = state;
  console.log(rest);
}

for (const version of ['v1', 'v2'] as const) {
  const llm = new Scripted([asks(['add', { a: 1, b: 2 }], ['fails', {}]), says('Three')]);
  const agent = createReactAgent({
    llm,
    tools: [add, fails],
    prompt: 'Be kind',
    version,
    name: 'adder',
    responseFormat: z.object({ heard: z.array(z.string()) }),
  });
  print(await agent.invoke(input()));
  console.log(llm.tools, agent.name);
}

print(
  await createReactAgent({
    llm: new Scripted([asks(['multiply', { a: 3, b: 4 }])]),
    tools: [add, multiply],
    prompt: ({ messages }: any) => [new HumanMessage('(made)'), ...messages],
  }).invoke(input()),
);

print(
  await createReactAgent({
    llm: new Scripted([says('Short')]),
    tools: [],
    preModelHook: ({ messages }: any) => ({ llmInputMessages: messages.slice(-1) }),
    postModelHook: ({ messages }: any) => console.log('after', messages.at(-1).text),
  }).invoke({ messages: [new HumanMessage('Old'), new HumanMessage('New')] }),
);

const asking = createReactAgent({
  llm: new Scripted([asks(['approve', {}]), says('Done')]),
  tools: [approve],
  checkpointer: new MemorySaver(),
});
const config = { configurable: { thread_id: '1' } };
const paused: any = await asking.invoke(input(), config);
console.log(paused.__interrupt__.map(({ value }: any) => value));
print(await asking.invoke(new Command({ resume: 'yes' }), config));

const State = Annotation.Root({ ...MessagesAnnotation.spec, note: Annotation<string>() });
print(
  await createReactAgent({
    llm: new Scripted([asks(['remember', { what: 'pears' }]), says('Noted')]),
    tools: [remember],
    stateSchema: State,
  }).invoke(input()),
);

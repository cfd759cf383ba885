import { Annotation } from '../engine/state/annotation.ts';
import type { DeclaredState } from '../engine/state/stateTypes.ts';
import { messagesStateReducer } from '../engine/state/addMessages.ts';
import {
  SystemMessage,
  type AIMessage,
  type BaseMessage,
  type ToolCall,
} from '../engine/model/messages.ts';
import { Send } from '../engine/model/send.ts';
import { END, START } from '../engine/model/constants.ts';
import { StateGraph } from '../engine/graph/stateGraph.ts';
import type { CompileOptions } from '../engine/graph/graphOptions.ts';
import type { CompiledStateGraph } from '../engine/graph/compiledGraph.ts';
import { ToolNode } from '../openai/index.ts';
import { withAgentName } from './agentName.ts';
import { bindTools, modelOf, type Asked } from './models.ts';

/** A chat model, or a function that chooses one for each turn (with its tools bound). */
export type AgentModel = Asked | ((state: any, config: any) => unknown);

/**
 * What the model is told before the messages: a text, a system message, or what makes all of its
 * input from the state.
 */
export type AgentPrompt = string | BaseMessage | Asked | ((state: any, config: any) => unknown);

/** Of what an agent is made. */
export interface ReactAgentOptions extends Omit<CompileOptions, 'cache'> {
  llm: AgentModel;
  /** What the model may call, or a node that calls it. */
  tools: readonly any[] | ToolNode;
  prompt?: AgentPrompt;
  /** An older name of `prompt`. */
  stateModifier?: AgentPrompt;
  /** An older form of `prompt`: what is called gets the messages alone. */
  messageModifier?: AgentPrompt;
  /** A state with `messages`; default: that and `structuredResponse`. */
  stateSchema?: any;
  contextSchema?: any;
  /** An older name of `checkpointer`. */
  checkpointSaver?: CompileOptions['checkpointer'];
  /** What the last answer is made into, as `structuredResponse`: a schema, or one with a prompt. */
  responseFormat?: any;
  /** A node before each turn of the model; as `llmInputMessages` it may say what the model reads. */
  preModelHook?: any;
  /** A node after each turn of the model. */
  postModelHook?: any;
  /** `v2` gives each call of a tool a task of its own. Default `v1`: one task calls them all. */
  version?: 'v1' | 'v2';
  /** Shows the model who has said what: see {@link withAgentName}. */
  includeAgentName?: 'inline';
}

/** The state of an agent, with the fields that other states can be made of. */
export type AgentState = DeclaredState<
  { messages: BaseMessage[]; structuredResponse: any },
  { messages?: any; structuredResponse?: any }
> & { readonly spec: Readonly<Record<'messages' | 'structuredResponse', any>> };

/**
 * The state of an agent: `messages` and `structuredResponse`.
 *
 * @example
 * ```ts
 * import { createReactAgentAnnotation } from 'superstep/prebuilt';
 * console.log(Object.keys(createReactAgentAnnotation().spec)); // [ 'messages', 'structuredResponse' ]
 * ```
 */
export function createReactAgentAnnotation(): AgentState {
  return Annotation.Root({
    messages: Annotation<BaseMessage[], any>({ reducer: messagesStateReducer, default: () => [] }),
    structuredResponse: Annotation<any>(),
  });
}

const PRE = 'pre_model_hook';
const POST = 'post_model_hook';
const STRUCTURE = 'generate_structured_response';

/** Nodes that others lead to. */
interface Ways {
  /** Where each turn begins. */
  readonly first: string;
  /** Where the agent goes with its answer. */
  readonly last: string;
}

/**
 * An agent: the model is asked, the tools that it asks for are called, and so on until it answers
 * without asking for one.
 *
 * @throws {TypeError} if the state has no `messages`, or there is more than one prompt.
 * @example
 * ```ts
 * import { AIMessage } from 'superstep';
 * import { createReactAgent } from 'superstep/prebuilt';
 * const model: any = { bindTools: () => model, invoke: async () => new AIMessage('Hello!') };
 * const agent = createReactAgent({ llm: model, tools: [], prompt: 'Be kind.' });
 * const { messages } = await agent.invoke({ messages: [{ role: 'user', content: 'Hi' }] });
 * console.log(messages.at(-1).text); // Hello!
 * ```
 */
export function createReactAgent(options: ReactAgentOptions): CompiledStateGraph<any, any, any> {
  const { preModelHook, postModelHook, responseFormat } = options;
  const schema = options.stateSchema ?? createReactAgentAnnotation();
  const first = preModelHook == null ? 'agent' : PRE;
  const last = responseFormat == null ? END : STRUCTURE;
  const toolNode = Array.isArray(options.tools)
    ? new ToolNode(options.tools.filter(isCallable))
    : (options.tools as ToolNode);

  // Names and types are known by then only that the options are.
  const graph: any = new StateGraph(schema, options.contextSchema);
  graph
    .addNode('tools', toolNode)
    .addNode(
      'agent',
      agentNode(options),
      preModelHook == null ? {} : { input: readByModel(schema) },
    )
    .addEdge(START, first);
  if (preModelHook != null) graph.addNode(PRE, preModelHook).addEdge(PRE, 'agent');
  if (responseFormat != null) {
    graph.addNode(STRUCTURE, structureNode(options)).addEdge(STRUCTURE, END);
  }
  const router = (next: typeof afterModel) => (state: any) =>
    toRoute(next(state.messages, { first, last }), state, options.version);
  if (postModelHook == null) {
    graph.addConditionalEdges('agent', router(afterModel), ['tools', last]);
  } else {
    graph
      .addNode(POST, postModelHook)
      .addEdge('agent', POST)
      .addConditionalEdges(POST, router(afterHook), [...new Set(['tools', first, last])]);
  }
  const direct = new Set(
    toolNode.tools.filter((tool: any) => tool.returnDirect).map(({ name }) => name),
  );
  if (direct.size === 0) graph.addEdge('tools', first);
  else {
    const route = ({ messages }: any) => (isDirect(messages, direct) ? END : first);
    graph.addConditionalEdges('tools', route, [first, END]);
  }
  return graph.compile(compileOptions(options));
}

function compileOptions(options: ReactAgentOptions): CompileOptions {
  const { checkpointer = options.checkpointSaver, store, name, description } = options;
  const { interruptBefore, interruptAfter } = options;
  const given = { checkpointer, store, name, description, interruptBefore, interruptAfter };
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set);
}

/** The tools that can be called here; others are the model's server's own. */
function isCallable(tool: any): boolean {
  return typeof tool?.invoke === 'function';
}

/** The state that the agent reads: a hook before it may say which messages the model gets. */
function readByModel(schema: any): any {
  const spec = schema.spec as Record<string, unknown> | undefined;
  return Annotation.Root({
    ...(spec ?? { messages: Annotation<BaseMessage[]>() }),
    llmInputMessages: Annotation<BaseMessage[], any>({
      reducer: (_, update) => messagesStateReducer([], update),
      default: () => [],
    }),
  } as any);
}

function agentNode(options: ReactAgentOptions) {
  const { llm, tools, includeAgentName, name } = options;
  const all = Array.isArray(tools) ? tools : (tools as ToolNode).tools;
  const toInput = inputMaker(options);
  const withNames = (model: Asked) =>
    includeAgentName === 'inline' ? withAgentName(model, includeAgentName) : model;
  let known: Asked | undefined;
  const choose = async (state: any, config: any) => {
    if (typeof llm === 'function') return withNames((await llm(state, config)) as Asked);
    known ??= withNames(bindTools(llm, all));
    return known;
  };
  return async ({ llmInputMessages, ...state }: any, config: any) => {
    const messages = llmInputMessages?.length > 0 ? llmInputMessages : state.messages;
    const model = await choose(state, config);
    const input = await toInput({ ...state, messages }, config);
    const answer = (await model.invoke(input, config)) as any;
    if (name !== undefined) {
      answer.name = name;
      // What LangChain writes down of a message.
      if (answer.lc_kwargs) answer.lc_kwargs.name = name;
    }
    return { messages: [answer] };
  };
}

/** Makes the model's input of the state. */
function inputMaker({
  prompt,
  stateModifier,
  messageModifier,
}: ReactAgentOptions): (state: any, config: any) => unknown {
  const given = [prompt, stateModifier, messageModifier].filter((each) => each != null);
  if (given.length > 1) {
    throw new TypeError(
      'Cannot create an agent: give one of prompt, stateModifier and messageModifier',
    );
  }
  const [chosen] = given;
  const read = (state: any) => (messageModifier == null ? state : state.messages) as unknown;
  if (chosen == null) return ({ messages }) => messages as unknown;
  if (typeof chosen === 'function') return (state, config) => chosen(read(state), config);
  if (typeof chosen !== 'string' && 'invoke' in chosen) {
    return (state, config) => chosen.invoke(read(state), config);
  }
  const system = typeof chosen === 'string' ? new SystemMessage(chosen) : chosen;
  return ({ messages = [] }) => [system, ...messages];
}

/** Where the model's answer leads, if it is the last message. */
function afterModel(messages: readonly any[], { last }: Ways): readonly ToolCall[] | string {
  const { tool_calls: calls = [] } = messages.at(-1) as AIMessage;
  return calls.length > 0 ? calls : last;
}

/** Where to go on after a hook, which may have answered some of the calls, or all. */
function afterHook(messages: readonly any[], { last, first }: Ways): readonly ToolCall[] | string {
  const answered = new Set(messages.map(({ tool_call_id: id }) => id as string | undefined));
  const asked = messages.findLast((message) => message.getType() === 'ai') as AIMessage | undefined;
  const open = asked?.tool_calls?.filter(({ id }) => id == null || !answered.has(id)) ?? [];
  if (open.length > 0) return open;
  return messages.at(-1)?.getType() === 'tool' ? first : last;
}

/** `v2` gives each call a task of its own. */
function toRoute(next: readonly ToolCall[] | string, state: any, version: string | undefined) {
  if (typeof next === 'string') return next;
  if (version !== 'v2') return 'tools';
  return next.map((call) => new Send('tools', { ...state, lg_tool_call: call }));
}

/** Whether a tool has answered whose answer is the agent's. */
function isDirect(messages: readonly any[], direct: ReadonlySet<string>): boolean {
  const others = messages.findLastIndex((message) => message.getType() !== 'tool');
  return messages.slice(others + 1).some(({ name }) => direct.has(name as string));
}

function structureNode({ llm, responseFormat }: ReactAgentOptions) {
  return async (state: any, config: any) => {
    const chosen = typeof llm === 'function' ? await llm(state, config) : llm;
    const model = modelOf(chosen as Asked) as any;
    if (typeof model.withStructuredOutput !== 'function') {
      throw new TypeError(
        `Cannot make the response: the model (${model.constructor.name}) has no withStructuredOutput()`,
      );
    }
    const isPair = typeof responseFormat === 'object' && 'schema' in responseFormat;
    const { prompt, schema, ...options } = isPair ? responseFormat : { schema: responseFormat };
    const asked = prompt == null ? [] : [new SystemMessage(prompt)];
    const shaped = model.withStructuredOutput(schema, options);
    const response: unknown = await shaped.invoke([...asked, ...state.messages], config);
    if (response == null) {
      throw new TypeError(
        'Failed to parse structured response: the answer does not fit `responseFormat`',
      );
    }
    return { structuredResponse: response };
  };
}

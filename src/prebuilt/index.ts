/**
 * An agent that calls tools, and the parts it is made of.
 *
 * @module superstep/prebuilt
 */
export { createReactAgent, createReactAgentAnnotation } from './reactAgent.ts';
export type { AgentModel, AgentPrompt, AgentState, ReactAgentOptions } from './reactAgent.ts';
/** Where the names of agents stand in what their models read: in the text. */
export type AgentNameMode = 'inline';
export type { ReactAgentOptions as CreateReactAgentParams } from './reactAgent.ts';
export { withAgentName } from './agentName.ts';
export { ToolNode, toolsCondition } from '../openai/index.ts';
export type { ToolNodeInput, ToolNodeOptions } from '../openai/index.ts';
export type {
  ActionRequest,
  HumanInterrupt,
  HumanInterruptConfig,
  HumanResponse,
} from './humanInterrupt.ts';

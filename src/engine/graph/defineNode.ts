import { SuperstepError, show } from '../model/errors.ts';
import { BUILDER } from '../model/graphHandle.ts';
import { isCompiledGraph } from './compiledGraph.ts';
import { END, START } from '../model/constants.ts';
import type { NodeDefinition } from './definition.ts';
import { type NodeOptions, NODE_OPTIONS } from './graphOptions.ts';
import type { RunnableNode } from './nodeLike.ts';
import { checkOptions } from '../model/checkOptions.ts';
import { channelSpecs } from '../state/declare.ts';
import type { NodeAction, NodeResult } from '../model/node.ts';

/**
 * A node of what `addNode` was given.
 * @throws {SuperstepError} INVALID_NODE_NAME, INVALID_NODE, UNKNOWN_OPTION
 */
export function defineNode(name: string, action: unknown, options: NodeOptions): NodeDefinition {
  checkName(name);
  checkOptions(NODE_OPTIONS, options, `Node "${name}"`);
  const subgraph = isCompiledGraph(action) ? action : undefined;
  const own = subgraph ? undefined : toAction(name, action);
  if (options.returns === 'updates' && !subgraph) {
    throw new SuperstepError(
      'INVALID_NODE',
      `Cannot add node "${name}" with returns: "updates": that is for compiled graphs, and what a ` +
        `function returns is its update`,
      { nodes: [name] },
    );
  }
  if (options.thread && subgraph) {
    throw new SuperstepError(
      'INVALID_NODE',
      `Cannot add node "${name}" with thread: true: that is for functions, and it is a compiled graph; set ` +
        `it on the nodes inside that compute`,
      { nodes: [name] },
    );
  }
  if (options.input) channelSpecs(options.input, `input of node "${name}"`);
  return { name, action: own, subgraph, options, identity: { changesInput: undefined } };
}

/** What is not a compiled graph, as a function. */
function toAction(name: string, action: unknown): NodeAction {
  if (typeof action === 'function') return action as NodeAction;
  if (isRunnable(action)) return (state, config) => action.invoke(state, config) as NodeResult;
  const hint =
    typeof action === 'object' && action !== null && BUILDER in action
      ? 'a graph that is not compiled: add .compile()'
      : `${show(action)}: pass a function or a compiled graph`;
  throw new SuperstepError('INVALID_NODE', `Cannot add node "${name}": it is ${hint}`, {
    nodes: [name],
    value: action,
  });
}

function isRunnable(action: unknown): action is RunnableNode {
  return typeof action === 'object' && action !== null && 'invoke' in action;
}

function checkName(name: unknown): asserts name is string {
  const problem =
    typeof name !== 'string' || name === ''
      ? 'a node needs a name that is not empty'
      : name === START || name === END
        ? 'the name is reserved'
        : /[|:]/.test(name)
          ? '"|" and ":" separate the names of nested graphs and cannot be part of one'
          : undefined;
  if (problem === undefined) return;
  throw new SuperstepError('INVALID_NODE_NAME', `Cannot add node ${show(name)}: ${problem}`, {
    value: name,
  });
}

import type { TaskInfo } from '../events.ts';
import { START } from '../graph/constants.ts';
import type { PlanNode } from '../graph/plan.ts';
import type { NodeConfig } from '../graph/types.ts';
import type { GraphRun } from './graphRun.ts';

/** One task while it runs: what its node is given, and what the engine knows of it. */
export class TaskFrame {
  readonly run: GraphRun;
  readonly node: PlanNode;
  /** Place among the sent tasks of its superstep, or -1. */
  readonly sendIndex: number;
  readonly superstep: number;
  readonly config: NodeConfig;
  startedAt = 0;
  attempt = 1;
  #info: TaskInfo | undefined;

  constructor(run: GraphRun, node: PlanNode, sendIndex: number) {
    this.run = run;
    this.node = node;
    this.sendIndex = sendIndex;
    this.superstep = run.snapshot.step + 1;
    const { config } = run.scope;
    this.config = {
      signal: run.signal,
      context: config.context,
      configurable: config.configurable ?? NOTHING,
      tags: config.tags ?? NO_TAGS,
      metadata: {
        ...config.metadata,
        langgraph_node: node.name,
        langgraph_step: this.superstep,
        langgraph_path: run.path,
      },
      recursionLimit: config.recursionLimit ?? 25,
      writer: (value) => run.custom(this, value),
    };
  }

  /** The task's name for observers; made when first asked for. */
  get info(): TaskInfo {
    return (this.#info ??= this.#describe());
  }

  #describe(): TaskInfo {
    const { run, node } = this;
    const parent = run.parent?.info;
    const segment = this.sendIndex < 0 ? node.name : `${node.name}[${this.sendIndex}]`;
    return {
      id: run.scope.nextTaskId(),
      ...(parent && { parent: parent.id }),
      node: node.name,
      nodeId: parent ? `${parent.nodeId}:${node.name}` : node.name,
      path: [...run.path, segment],
      superstep: this.superstep,
    };
  }
}

const NOTHING = Object.freeze({});
const NO_TAGS: readonly string[] = Object.freeze([]);

/** The frame in which the routers of START run. */
export function startFrame(run: GraphRun): TaskFrame {
  const { start, state } = run.plan;
  const node: PlanNode = {
    ...start,
    index: -1,
    name: START,
    rank: -1,
    action: undefined,
    subgraph: undefined,
    view: state,
    ownInput: false,
    defer: false,
  };
  return new TaskFrame(run, node, -1);
}

import type { TaskInfo } from '../model/events.ts';
import { START } from '../model/constants.ts';
import type { PlanNode } from '../plan/plan.ts';
import type { NodeConfig } from '../model/node.ts';
import { withCallbacks } from './taskCallbacks.ts';
import type { Frame, OpenCalls } from './frame.ts';
import type { Slot, Slots } from './limit.ts';
import type { Seat } from './workers/seat.ts';
import type { GraphRun } from './graphRun.ts';
import type { Update } from '../plan/outcome.ts';
import { TaskExecution } from './executionInfo.ts';
import { taskMetadata, type Described } from './taskMetadata.ts';
import { taskPath } from '../plan/taskPath.ts';
import type { TaskPath } from '../model/stateSnapshot.ts';
import { placePart, taskKey, type TaskKey } from '../model/taskKey.ts';
import { nodeIdInside } from '../model/nodeId.ts';

/** One task while it runs: what its node is given, and what the engine knows of it. */
export class TaskFrame implements Frame, Described {
  readonly run: GraphRun;
  readonly node: PlanNode;
  /** Place among the sent tasks of its superstep, or -1. */
  readonly sendIndex: number;
  /** Place among all tasks of its superstep. */
  readonly index: number;
  readonly superstep: number;
  input: unknown = undefined;
  startedAt = 0;
  attempt = 1;
  isCached = false;
  /** What its code has returned, for callbacks. */
  returned: unknown = undefined;
  /** What its error handler has taken care of. */
  handled: Error | undefined = undefined;
  hasEnded = false;
  calls: OpenCalls | undefined = undefined;
  slot: Slot | undefined = undefined;
  slots: Slots | undefined = undefined;
  seat: Seat | undefined = undefined;
  /** Updates that it made before it returned. */
  pushed: Update[] | undefined = undefined;
  #config: NodeConfig | undefined = undefined;
  #info: TaskInfo | undefined = undefined;
  #place: readonly string[] | undefined = undefined;

  constructor(run: GraphRun, node: PlanNode, sendIndex: number, index = 0) {
    this.run = run;
    this.node = node;
    this.sendIndex = sendIndex;
    this.index = index;
    this.superstep = run.snapshot.step + 1;
  }

  /** Made for code that is called with it; a graph is not. */
  get config(): NodeConfig {
    return (this.#config ??= this.#makeConfig());
  }

  #makeConfig(): NodeConfig {
    const { run } = this;
    const { config } = run.scope;
    const own: NodeConfig = {
      signal: run.signal,
      context: config.context,
      configurable: config.configurable ?? NOTHING,
      tags: (config.tags ?? NO_TAGS) as string[],
      metadata: taskMetadata(this, config.metadata),
      recursionLimit: config.recursionLimit ?? 25,
      writer: (value) => run.custom(this, value),
      heartbeat: run.callerTask ? () => this.onProgress?.(true) : NO_HEARTBEAT,
      store: run.store,
      control: run.scope.control,
      executionInfo: new TaskExecution(this),
      serverInfo: run.scope.serverInfo,
    };
    return withCallbacks(own, this);
  }

  get name(): string {
    return this.node.name;
  }

  get path(): TaskPath {
    return taskPath(this.node.name, this.sendIndex);
  }

  get key(): TaskKey {
    return taskKey(this.node.name, this.sendIndex);
  }

  push(update: Update): void {
    (this.pushed ??= []).push(update);
  }

  get owner(): GraphRun {
    return this.run;
  }

  get onProgress(): Frame['onProgress'] {
    return this.run.callerTask?.onProgress;
  }

  /** The task's name for observers; made when first asked for. */
  get info(): TaskInfo {
    return (this.#info ??= this.#describe());
  }

  get place(): readonly string[] {
    return (this.#place ??= this.#makePlace());
  }

  #makePlace(): readonly string[] {
    const { name } = this.node;
    return [...this.run.place, placePart(name, this.run.taskId(this.key))];
  }

  #describe(): TaskInfo {
    const { run, node } = this;
    const parent = run.parent?.info;
    const { name } = node;
    const id = run.scope.nextTaskId();
    const path = [...run.path, this.sendIndex < 0 ? name : `${name}[${this.sendIndex}]`];
    const { superstep } = this;
    const asksPlace = run.scope.internals.reportsPlaces === true;
    // Of the tasks of a large map each has one of these: written out, they take half the time.
    if (parent === undefined && run.plan.kind === 'graph' && !asksPlace) {
      return { id, node: name, nodeId: name, path, superstep };
    }
    return {
      id,
      ...(parent && { parent: parent.id }),
      ...(run.plan.kind === 'entrypoint' && { kind: 'entrypoint' }),
      node: name,
      nodeId: nodeIdInside(parent?.nodeId, name),
      path,
      superstep,
      ...(asksPlace && { place: this.place }),
    };
  }
}

const NOTHING = Object.freeze({});
const NO_TAGS: readonly string[] = Object.freeze([]);
const NO_HEARTBEAT = () => {};

/** The frame in which the routers of START run. */
export function startFrame(run: GraphRun): TaskFrame {
  const { start, state } = run.plan;
  const node: PlanNode = {
    ...start,
    index: -1,
    name: START,
    rank: -1,
    action: undefined,
    identity: { changesInput: false },
    view: state,
    ownInput: false,
    defer: false,
    policy: undefined,
    maxConcurrency: undefined,
    worker: undefined,
    inner: undefined,
    innerConfig: undefined,
  };
  return new TaskFrame(run, node, -1);
}

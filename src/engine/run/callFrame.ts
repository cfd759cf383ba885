import type { TaskInfo } from '../model/events.ts';
import type { NodeConfig } from '../model/node.ts';
import type { AbortScope } from './abortScope.ts';
import type { Frame, OpenCalls, RunView } from './frame.ts';
import type { Slot, Slots } from './limit.ts';
import type { Seat } from './workers/seat.ts';
import type { Update } from '../plan/outcome.ts';
import { orderedCallKey, placePart, type TaskKey } from '../model/taskKey.ts';
import { withCallbacks } from './taskCallbacks.ts';
import { TaskExecution } from './executionInfo.ts';
import { callPath, taskMetadata, type Described } from './taskMetadata.ts';
import type { TaskPath } from '../model/stateSnapshot.ts';
import type { TaskDefinition } from './taskDefinition.ts';
import { TaskPromise } from './taskPromise.ts';
import { nodeIdInside } from '../model/nodeId.ts';

/** One call of a functional task. */
export class CallFrame implements Frame, Described {
  readonly run: RunView;
  readonly parent: Frame;
  readonly definition: TaskDefinition;
  readonly args: readonly unknown[];
  /** How many calls of this task its caller made before. */
  readonly index: number;
  readonly promise = new TaskPromise<unknown>();
  attempt = 1;
  startedAt = 0;
  isStarted = false;
  isCached = false;
  /** What its code has returned, for callbacks. */
  returned: unknown = undefined;
  hasEnded = false;
  calls: OpenCalls | undefined = undefined;
  slot: Slot | undefined = undefined;
  slots: Slots | undefined = undefined;
  seat: Seat | undefined = undefined;
  /** It has one of the places that its task has. */
  hasPlace = false;
  /** Starts it when a place or a slot is free. */
  waiter: (() => void) | undefined = undefined;
  /** Updates that its code made on the way, which are its caller's too. */
  pushed: Update[] | undefined = undefined;
  #key: TaskKey | undefined;
  #info: TaskInfo | undefined = undefined;
  #config: NodeConfig | undefined = undefined;
  #place: readonly string[] | undefined = undefined;

  constructor(
    parent: Frame,
    definition: TaskDefinition,
    call: {
      readonly args: readonly unknown[];
      readonly index: number;
      /** What it is kept by; absent where nothing is kept. */
      readonly key: TaskKey | undefined;
    },
  ) {
    this.run = parent.run;
    this.parent = parent;
    this.definition = definition;
    this.args = call.args;
    this.index = call.index;
    this.#key = call.key;
  }

  /** Of a call that nobody sees: that of the node, which its code takes itself to be in. */
  get input(): unknown {
    return this.definition.isQuiet ? this.parent.input : this.args;
  }

  get owner(): AbortScope {
    return this.parent.owner;
  }

  get onProgress(): ((isHeartbeat: boolean) => void) | undefined {
    return this.parent.onProgress;
  }

  push(update: Update): void {
    (this.pushed ??= []).push(update);
    this.parent.push(update);
  }

  get key(): TaskKey {
    return (this.#key ??= orderedCallKey(this.parent.key, this.definition.name, this.index));
  }

  get isReported(): boolean {
    return this.definition.isQuiet !== true && this.run.scope.tellsTasks;
  }

  get info(): TaskInfo {
    return (this.#info ??= this.#describe());
  }

  get place(): readonly string[] {
    return (this.#place ??= this.#makePlace());
  }

  #makePlace(): readonly string[] {
    return [...this.parent.place, placePart(this.definition.name, this.run.taskId(this.key))];
  }

  get name(): string {
    return this.definition.name;
  }

  get superstep(): number {
    return this.parent.config.metadata['langgraph_step'] as number;
  }

  get path(): TaskPath {
    return callPath(this.parent.config.metadata['langgraph_path'] as TaskPath, this.index);
  }

  get config(): NodeConfig {
    return (this.#config ??= this.#makeConfig());
  }

  #describe(): TaskInfo {
    const parent = this.parent.info;
    if (this.definition.isQuiet) return parent;
    const { name } = this.definition;
    return {
      id: this.run.scope.nextTaskId(),
      parent: parent.id,
      kind: 'task',
      node: name,
      nodeId: nodeIdInside(parent.nodeId, name),
      path: [...parent.path, `${name}[${this.index}]`],
      superstep: parent.superstep,
      ...(this.run.scope.internals.reportsPlaces === true && { place: this.place }),
    };
  }

  #makeConfig(): NodeConfig {
    const { config } = this.parent;
    if (this.definition.isQuiet) return config;
    const own: NodeConfig = {
      ...config,
      executionInfo: new TaskExecution(this),
      metadata: taskMetadata(this, this.run.scope.config.metadata),
      writer: (value) => {
        this.onProgress?.(false);
        this.run.custom(this, value);
      },
    };
    return withCallbacks(own, this);
  }
}

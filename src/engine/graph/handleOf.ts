import type { GraphHandle, GraphHost, InputField } from '../model/graphHandle.ts';
import type { RunInternals } from '../run/internals.ts';
import { codeOf } from '../run/remote/codeOf.ts';
import { runRemoteTask, type WorkerOptions } from '../run/remote/runRemoteTask.ts';
import { advanceGraph, type Step } from './advance.ts';
import type { RunConfig } from '../model/runConfig.ts';
import { START } from '../model/constants.ts';
import { nodeIdInside } from '../model/nodeId.ts';
import type { Exits, Plan } from '../plan/plan.ts';
import { currentFrame } from '../run/runContext.ts';

/** What the handle tells of; read anew each time, since some of it may be set. */
interface Handled {
  readonly plan: Plan;
  readonly defaults: RunConfig;
}

/** What hosts find under the mark of a graph. */
export function handleOf(
  graph: Handled,
  {
    forHost,
    internals,
  }: {
    readonly forHost: (host: GraphHost) => object;
    /** What a host has brought for its runs. */
    readonly internals: () => RunInternals | undefined;
  },
): GraphHandle {
  const checkpointer = () => graph.plan.persistence.checkpointer;
  return {
    version: 1,
    kind: graph.plan.kind,
    inputFields: () => inputFields(graph.plan),
    updateFields: () => fieldsOf(graph.plan, graph.plan.state.channels),
    jsonSchemas: () => jsonSchemas(graph.plan),
    currentTask: () => currentFrame()?.info,
    needsThread: () =>
      typeof checkpointer() === 'object' &&
      graph.defaults.configurable?.['thread_id'] === undefined,
    takesCheckpointer: () => checkpointer() === undefined || checkpointer() === true,
    ownCheckpointer() {
      const own = checkpointer();
      return typeof own === 'object' ? own : undefined;
    },
    forHost,
    functionTexts: () => functionTexts(graph.plan),
    remote: {
      code: () => codeOf(graph.plan),
      advance: (step: Step) => advanceGraph({ ...planOf(graph), internals: internals() }, step),
      runTask: (task, options: WorkerOptions) => runRemoteTask(planOf(graph), task, options),
    },
  };
}

/** As it is now. */
function planOf({ plan, defaults }: Handled): Handled {
  return { plan, defaults };
}

function inputFields(plan: Plan): InputField[] {
  const { kind, input } = plan;
  // Of an entrypoint's keys only the first is asked for; the others are its own.
  return fieldsOf(plan, kind === 'graph' ? input.channels : input.channels.slice(0, 1));
}

function fieldsOf({ kind, channels }: Plan, indexes: readonly number[]): InputField[] {
  return indexes.map((index) => {
    const { key, type, required, initial } = channels[index]!.spec;
    const name = kind === 'graph' ? key : 'input';
    return { key: name, type, required, ...(initial && { default: initial() }) };
  });
}

function jsonSchemas({ channels }: Plan): Record<string, unknown> {
  return Object.fromEntries(
    channels.flatMap(({ spec: { key, jsonSchema } }) =>
      jsonSchema === undefined ? [] : [[key, jsonSchema]],
    ),
  );
}

function functionTexts(plan: Plan, parentId?: string): Map<string, string[]> {
  const texts = new Map<string, string[]>();
  const add = (name: string, { routers }: Exits, own: readonly string[]) => {
    const all = [...own, ...routers.map(({ action }) => String(action))];
    if (all.length > 0) texts.set(nodeIdInside(parentId, name), all);
  };
  add(START, plan.start, []);
  for (const node of plan.nodes) {
    add(node.name, node, node.action ? [String(node.action)] : []);
    const inside = node.inner && functionTexts(node.inner, nodeIdInside(parentId, node.name));
    for (const [id, inner] of inside ?? []) texts.set(id, inner);
  }
  return texts;
}

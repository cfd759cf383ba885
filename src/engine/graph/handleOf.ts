import type { GraphHandle, GraphHost, InputField } from '../model/graphHandle.ts';
import type { RunConfig } from '../model/runConfig.ts';
import type { Plan } from '../plan/plan.ts';
import { currentFrame } from '../run/runContext.ts';

/** What the handle tells of; read anew each time, since some of it may be set. */
interface Handled {
  readonly plan: Plan;
  readonly defaults: RunConfig;
}

/** What hosts find under the mark of a graph. */
export function handleOf(graph: Handled, forHost: (host: GraphHost) => object): GraphHandle {
  const checkpointer = () => graph.plan.persistence.checkpointer;
  return {
    version: 1,
    kind: graph.plan.kind,
    inputFields: () => inputFields(graph.plan),
    updateFields: () => fieldsOf(graph.plan, graph.plan.state.channels),
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
  };
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

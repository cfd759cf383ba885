import type { StateSnapshot, StateTask } from '../../engine/model/stateSnapshot.ts';
import type { OpenQuestion, Waiting } from '../../protocol/waiting.ts';

/** The open questions of a thread and of the subgraphs in it, each where it was asked. */
export function openQuestions(
  snapshot: StateSnapshot,
  around: readonly StateTask[] = [],
): OpenQuestion[] {
  return snapshot.tasks.flatMap((task): OpenQuestion[] => {
    if (task.interrupts.length === 0) return [];
    const tasks = [...around, task];
    const inner = insideOf(task);
    const deeper = inner ? openQuestions(inner, tasks) : [];
    const known = new Set(deeper.map(({ id }) => id));
    const own = task.interrupts.filter(({ id }) => !known.has(id));
    return [
      ...deeper,
      ...own.map(({ id, value }): OpenQuestion => {
        return {
          ...{ id, value, node: task.name, path: tasks.map(segment) },
          nodeId: tasks.map(({ name }) => name).join(':'),
          ...namespaceOf(snapshot),
          since: Date.parse(snapshot.createdAt ?? ''),
        };
      }),
    ];
  });
}

/**
 * What a run waits for, with the subgraphs it waits in, and the innermost place of each question: of a
 * question that was asked in an earlier run the events tell the outermost only.
 */
export function withNamespaces(waiting: Waiting, snapshot: StateSnapshot | undefined): Waiting {
  if (!snapshot) return waiting;
  const stored = new Map(openQuestions(snapshot).map((question) => [question.id, question]));
  return {
    questions: waiting.questions.map((question) => {
      const known = stored.get(question.id);
      if (!known) return question;
      if (known.path.length > question.path.length) return known;
      return { ...question, ...(known.namespace && { namespace: known.namespace }) };
    }),
    breakpoints: waiting.breakpoints.map((breakpoint) => {
      const at = snapshotAt(snapshot, breakpoint.path);
      return { ...breakpoint, ...(at && namespaceOf(at)) };
    }),
  };
}

function snapshotAt(
  snapshot: StateSnapshot,
  [first, ...rest]: readonly string[],
): StateSnapshot | undefined {
  if (first === undefined) return snapshot;
  const task = snapshot.tasks.find((each) => segment(each) === first);
  const inner = task && insideOf(task);
  return inner && snapshotAt(inner, rest);
}

function insideOf({ state }: StateTask): StateSnapshot | undefined {
  return state && 'tasks' in state ? state : undefined;
}

function namespaceOf({ config }: StateSnapshot): { readonly namespace?: string } {
  const { checkpoint_ns: namespace } = config.configurable;
  return namespace === '' ? {} : { namespace };
}

/** As in `TaskInfo.path`. */
function segment({ name, path }: StateTask): string {
  return path[0] === '__pregel_push' ? `${name}[${String(path[1])}]` : name;
}

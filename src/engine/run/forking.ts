import type {
  AskingGraph,
  Checkpoint,
  SavedCheckpoint,
  Scheduled,
  TaskRecord,
} from '../model/checkpointer.ts';
import { newCheckpointId } from '../model/checkpointIds.ts';
import { isCall, placeParts, taskKey, type TaskKey } from '../model/taskKey.ts';
import { ownQuestions, withAnswer } from './answers.ts';
import type { ThreadSession } from './threadSession.ts';

/** Where a graph inside goes on, by its namespace, if it is not to start afresh. */
export type InnerStates = ReadonlyMap<string, SavedCheckpoint>;

/** One graph's line of states, and where a branch leaves it. */
interface Line {
  readonly namespace: string;
  readonly saved: SavedCheckpoint;
}

/**
 * A branch of its own from a checkpoint that the thread has gone on from: of the graph itself, and of
 * the graphs inside it whose questions are answered, or that are to go on from a state of theirs.
 *
 * @param inner States of graphs inside that the branch is to go on from.
 */
export async function fork(
  session: ThreadSession,
  saved: SavedCheckpoint,
  {
    newest,
    inner = new Map(),
  }: { readonly newest: Checkpoint; readonly inner?: InnerStates | undefined },
): Promise<SavedCheckpoint> {
  const { checkpoint } = saved;
  session.standOn(saved, newest.id);
  const createdAt = session.checkpoints.now();
  const branch: Checkpoint = {
    ...checkpoint,
    id: newCheckpointId(createdAt, newest.id),
    parentId: checkpoint.id,
    createdAt,
    source: 'fork',
    step: checkpoint.step + 1,
    written: [],
  };
  const from = { namespace: session.checkpoints.thread.namespace, saved };
  await session.add(branch);
  const into = { namespace: session.checkpoints.thread.namespace, checkpoint: branch };
  const tasks = await forkInside(session, {
    from,
    into,
    parents: session.checkpoints.parents,
    inner,
  });
  if (tasks.length > 0) await session.records.keep(...tasks);
  return { checkpoint: branch, tasks };
}

/**
 * The records of a branch, and branches of the graphs inside.
 * @param parents The checkpoints around `into`, by namespace.
 */
async function forkInside(
  session: ThreadSession,
  {
    from,
    into,
    parents,
    inner,
  }: {
    readonly from: Line;
    readonly into: { readonly namespace: string; readonly checkpoint: Checkpoint };
    readonly parents: Readonly<Record<string, string>>;
    readonly inner: InnerStates;
  },
): Promise<TaskRecord[]> {
  const { saved, namespace } = from;
  const { checkpoint } = saved;
  const parentIds = { ...parents, [into.namespace]: into.checkpoint.id };
  const at = { thread: { ...session.checkpoints.thread, namespace }, head: checkpoint };
  const kept = saved.tasks.flatMap((record) => {
    const { interrupts = [] } = record;
    if (!interrupts.some(({ id }) => session.answers.has(id))) return [];
    const isOpen = (asked: string) => interrupts.some(({ id }) => id === asked);
    const asked = ownQuestions(at, record)
      .map((question) => {
        const { answer: _, ...unanswered } = question;
        return withAnswer(isOpen(question.id) ? unanswered : question, session.answers);
      })
      .filter(({ answer }) => answer);
    const { task, answers, asksAtOnce } = record;
    const fields = { ...(answers && { answers }), ...(asksAtOnce && { asksAtOnce }) };
    return [{ task, status: 'resumed' as const, interrupts, asked, ...fields }];
  });
  for (const graph of graphsInside(session, from, inner)) {
    const state = inner.get(graph.namespace) ?? (await asking(session, graph.namespace, from));
    if (state === undefined) continue;
    const caller = graph.caller as TaskKey;
    const before = [...namesOf(namespace), ...placeParts(namespace, checkpoint.id, caller)];
    const after = [
      ...namesOf(into.namespace),
      ...placeParts(into.namespace, into.checkpoint.id, caller),
    ];
    const isStateful = !`${graph.namespace}|`.startsWith(`${before.join('|')}|`);
    const own = namesOf(graph.namespace);
    const target = isStateful
      ? [...namesOf(into.namespace), ...own.slice(namesOf(namespace).length)]
      : [...after, ...own.slice(before.length)];
    await branchOff(
      session,
      { ...graph, saved: state },
      { target: target.join('|'), parentIds, inner },
    );
  }
  return kept;
}

/** Puts a branch of a graph inside where its task in the branch around will look for it. */
async function branchOff(
  session: ThreadSession,
  from: Line,
  {
    target,
    parentIds,
    inner,
  }: {
    readonly target: string;
    readonly parentIds: Readonly<Record<string, string>>;
    readonly inner: InnerStates;
  },
): Promise<void> {
  const thread = { threadId: session.checkpoints.thread.threadId, namespace: target };
  const { checkpoint } = from.saved;
  const isSameLine = target === from.namespace;
  const newest = isSameLine ? await session.checkpoints.saver.get(thread) : undefined;
  const createdAt = session.checkpoints.now();
  const branch: Checkpoint = {
    ...checkpoint,
    id: newCheckpointId(createdAt, newest?.checkpoint.id ?? checkpoint.id),
    parentId: isSameLine ? checkpoint.id : undefined,
    createdAt,
    source: 'fork',
    step: checkpoint.step + 1,
    parents: parentIds,
    written: isSameLine ? [] : Object.keys(checkpoint.values),
  };
  await session.checkpoints.saver.put(thread, branch, isSameLine ? checkpoint : undefined);
  const into = { namespace: target, checkpoint: branch };
  const tasks = await forkInside(session, { from, into, parents: parentIds, inner });
  if (tasks.length > 0) {
    await session.checkpoints.saver.putTasks({ ...thread, checkpointId: branch.id }, tasks);
  }
}

/** The graphs inside the tasks of a checkpoint that a branch is to have too. */
function graphsInside(session: ThreadSession, { saved, namespace }: Line, inner: InnerStates) {
  const graphs = new Map<string, AskingGraph>();
  for (const { task, interrupts = [], inside } of saved.tasks) {
    if (isCall(task) || !interrupts.some(({ id }) => session.answers.has(id))) continue;
    // Versions that did not store it could only tell of graphs that are nodes.
    const known = inside ?? namespacesOf(namespace, saved.checkpoint.id, task as TaskKey);
    for (const graph of known) graphs.set(graph.namespace, graph);
  }
  const { nodes, sends, deferred } = saved.checkpoint.next;
  for (const wanted of inner.keys()) {
    for (const task of tasksOf({ nodes, sends, deferred })) {
      const own = namespacesOf(namespace, saved.checkpoint.id, task);
      const found = own.find((graph) => graph.namespace === wanted);
      if (found) graphs.set(wanted, found);
    }
  }
  return graphs.values();
}

/** All tasks that a checkpoint may lead to. */
function tasksOf({ nodes, sends, deferred }: Pick<Scheduled, 'nodes' | 'sends' | 'deferred'>) {
  return [
    ...[...nodes, ...deferred].map((node) => taskKey(node, -1)),
    ...sends.map(({ node }, i) => taskKey(node, i)),
  ];
}

/** Where the graph of a node may be: that of one run, and one that is kept. */
function namespacesOf(parentNamespace: string, checkpointId: string, task: TaskKey): AskingGraph[] {
  const own = [placeParts(parentNamespace, checkpointId, task).join('|'), task];
  return own.map((part) => ({
    namespace: [...namesOf(parentNamespace), part].join('|'),
    caller: task,
  }));
}

/** The state in which a graph inside has asked one of the questions that are answered now. */
async function asking(
  session: ThreadSession,
  namespace: string,
  parent: Line,
): Promise<SavedCheckpoint | undefined> {
  const thread = { threadId: session.checkpoints.thread.threadId, namespace };
  for await (const saved of session.checkpoints.saver.list(thread)) {
    if (saved.checkpoint.parents[parent.namespace] !== parent.saved.checkpoint.id) continue;
    const hasAsked = ({ interrupts = [] }: TaskRecord) =>
      interrupts.some(({ id }) => session.answers.has(id));
    if (saved.tasks.some(hasAsked)) return saved;
  }
  return undefined;
}

function namesOf(namespace: string): string[] {
  return namespace === '' ? [] : namespace.split('|');
}

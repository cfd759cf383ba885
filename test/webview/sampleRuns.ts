import type { RunEvent, TaskInfo } from '../../src/engine/model/events.ts';
import type { ToWebview } from '../../src/protocol/webviewMessages.ts';

type GraphMessage = Extract<ToWebview, { readonly type: 'graph' }>;
type Fields = Readonly<Record<string, unknown>>;

/** The events of made-up runs, without values, as a timeline has them. */
class Recorder {
  readonly events: RunEvent[] = [];
  #id = 0;

  constructor(graph: string) {
    this.events.push({ type: 'runStarted', time: 0, graph, startedAt: 0, input: undefined });
  }

  task(node: string, superstep: number, around?: TaskInfo, sendIndex?: number): TaskInfo {
    const segment = sendIndex === undefined ? node : `${node}[${sendIndex}]`;
    return {
      ...{ id: ++this.#id, node, superstep },
      nodeId: around ? `${around.nodeId}:${node}` : node,
      path: [...(around?.path ?? []), segment],
      ...(around && { parent: around.id }),
    };
  }

  superstep(time: number, superstep: number, tasks: number, path: readonly string[] = []): void {
    this.events.push({ type: 'superstepStarted', time, path, superstep, tasks });
  }

  end(time: number, superstep: number, path: readonly string[] = []): void {
    this.wrote(time, superstep, {}, path);
  }

  /** All of the state was written. */
  wrote(time: number, superstep: number, state: Fields, path: readonly string[] = []): void {
    const written = Object.keys(state);
    this.events.push({ type: 'superstepFinished', time, path, superstep, written, state });
  }

  update(task: TaskInfo, time: number, update: Fields): void {
    this.events.push({ type: 'taskWrote', time, task, update });
  }

  run(task: TaskInfo, from: number, to: number): void {
    this.start(task, from);
    this.finish(task, from, to);
  }

  start(task: TaskInfo, time: number, attempt = 1): void {
    this.events.push({ type: 'taskStarted', time, task, attempt, input: undefined });
  }

  finish(task: TaskInfo, from: number, time: number): void {
    this.events.push({ type: 'taskFinished', time, task, durationMs: time - from });
  }

  fail(task: TaskInfo, from: number, time: number, message: string): void {
    const error = { name: 'Error', message };
    this.events.push({
      ...{ type: 'taskFailed', time, task, durationMs: time - from, error, cancelled: false },
    });
  }

  add(...events: RunEvent[]): void {
    this.events.push(...events);
  }

  /** In the order in which they happened. */
  sorted(): RunEvent[] {
    return this.events
      .map((event, i) => ({ event, i }))
      .sort((a, b) => a.event.time - b.event.time || a.i - b.i)
      .map(({ event }) => event);
  }
}

/** A plan, three parallel searches of which one is slow, a subgraph, a model, a retry and a wait. */
export function researchRun(hostile = ''): RunEvent[] {
  const run = new Recorder('research');
  const plan = run.task(`plan${hostile}`, 1);
  run.superstep(0, 1, 1);
  run.start(plan, 0);
  const call = { id: 1, model: `gpt-4o${hostile}`, messageId: 'm' };
  run.add(
    { type: 'modelStarted', time: 20, task: plan, call },
    { type: 'modelStreamed', time: 260, task: plan, call, text: '' },
    {
      ...{ type: 'modelFinished', time: 760, task: plan, call, durationMs: 740 },
      usage: { input_tokens: 200, output_tokens: 90, total_tokens: 290 },
    },
  );
  run.finish(plan, 0, 800);
  run.end(800, 1);

  run.superstep(800, 2, 6);
  const lengths = [400, 2600, 500, 450];
  lengths.forEach((ms, i) => {
    const task = run.task('search', 2, undefined, i);
    // Two places: the others wait for them.
    const from = i < 2 ? 800 : 1200 + (i - 2) * 500;
    run.run(task, from, from + ms);
  });
  const flaky = run.task('fetch', 2);
  run.start(flaky, 800);
  const error = { name: 'Error', message: `no connection${hostile}` };
  run.add({ type: 'taskRetrying', time: 1100, task: flaky, attempt: 1, delayMs: 300, error });
  run.start(flaky, 1400, 2);
  run.finish(flaky, 800, 1900);
  const inner = run.task('read', 2);
  run.start(inner, 800);
  run.superstep(800, 1, 1, ['read']);
  run.run(run.task('open', 1, inner), 800, 1300);
  run.end(1300, 1, ['read']);
  run.superstep(1300, 2, 1, ['read']);
  run.run(run.task('parse', 2, inner), 1300, 1500);
  run.end(1500, 2, ['read']);
  run.finish(inner, 800, 1500);
  run.end(3400, 2);

  run.superstep(3400, 3, 1);
  const write = run.task('write', 3);
  run.start(write, 3400);
  run.fail(write, 3400, 4200, `the printer is on fire${hostile}`);
  run.add({
    ...{ type: 'runFailed', time: 4200, error: { name: 'Error', message: 'x' }, state: {} },
    cancelled: false,
  });
  return run.sorted();
}

/** A run that writes: messages, a list that two branches add to, and a text; with a console line. */
export function writingRun(hostile = ''): RunEvent[] {
  const run = new Recorder('writer');
  const asked = { type: 'human', content: `Why is the sky blue?${hostile}`, id: '1' };
  const answer = { type: 'ai', content: `Because of scattering.${hostile}`, id: '2' };
  run.wrote(0, 0, { messages: [asked] });
  const branches = ['left', 'right'].map((node) => run.task(`${node}${hostile}`, 1));
  run.superstep(1, 1, 2);
  for (const [i, task] of branches.entries()) {
    run.start(task, 1);
    run.add({
      type: 'console',
      time: 2 + i,
      level: i === 0 ? 'log' : 'error',
      text: `at ${i}`,
      task,
    });
    run.update(task, 10 + i, { notes: [`note ${i}${hostile}`] });
    run.finish(task, 1, 10 + i);
  }
  const notes = branches.map((_, i) => `note ${i}${hostile}`);
  run.wrote(12, 1, { messages: [asked], notes });
  const write = run.task('write', 2);
  run.superstep(12, 2, 1);
  run.start(write, 12);
  const call = { id: 1, model: 'gpt-4o', messageId: '2' };
  run.add({ type: 'modelStarted', time: 13, task: write, call });
  for (const text of ['Because ', 'of scattering.']) {
    run.add({ type: 'modelStreamed', time: 14, task: write, call, text });
  }
  const draft = `A ${'very '.repeat(1000)}long draft`;
  run.update(write, 20, { messages: [answer], draft });
  run.finish(write, 12, 20);
  run.wrote(21, 2, { messages: [asked, answer], notes, draft });
  run.add({ type: 'runFinished', time: 22, output: undefined });
  return run.sorted();
}

/** A run of a graph that takes each edge of its drawing, and those with a condition often. */
export function edgesTaken({ title, mermaid, nodes }: GraphMessage, times: number): RunEvent[] {
  const run = new Recorder(title);
  const ids = new Map(nodes.map(({ id, mermaidId }) => [mermaidId, id]));
  const targets = new Map(nodes.map(({ id }) => [id, new Map<string, number>()]));
  for (const [, from = '', to = ''] of mermaid.matchAll(/^\t([\w-]+) -.*> ([\w-]+);$/gm)) {
    const [source, target] = [ids.get(from), ids.get(to)];
    if (source !== undefined && target !== undefined)
      targets.get(source)!.set(nameOf(target), times);
  }
  run.superstep(0, 1, nodes.length);
  for (const { id } of nodes) {
    const task = { ...run.task(nameOf(id), 1), nodeId: id };
    const chosen = Object.fromEntries(targets.get(id)!);
    run.start(task, 0);
    run.add({ type: 'taskFinished', time: 1, task, durationMs: 1, chosen });
    run.start(task, 1);
    run.finish(task, 1, 2);
  }
  run.end(3, 1);
  return run.sorted();
}

function nameOf(id: string): string {
  return id.slice(id.lastIndexOf(':') + 1);
}

/** Tasks of the first superstep that have ended, and the nodes that each has chosen to go on to. */
export function routed(
  tasks: readonly (readonly [node: string, chosen: Readonly<Record<string, number>>])[],
): RunEvent[] {
  const run = new Recorder('routed');
  run.superstep(0, 1, tasks.length);
  for (const [node, chosen] of tasks) {
    const task = run.task(node, 1);
    run.start(task, 0);
    run.add({ type: 'taskFinished', time: 1, task, durationMs: 1, chosen });
  }
  return run.sorted();
}

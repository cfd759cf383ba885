// How many workers one loop keeps busy: node test/bench/simulation.ts. The clock is simulated, and so are workers and network; the
// loop is the real `advance`, with all that it sends as JSON, and the clock goes on by the CPU time that it takes.
import { Annotation, START, Send, StateGraph, append } from '../../src/engine/index.ts';
import { advance, runTask, type Advanced, type TaskReply } from '../../src/remote/index.ts';

const State = Annotation.Root({
  n: Annotation<number>({ reducer: (_, next) => next, default: () => 0 }),
  left: Annotation<number>(),
  list: Annotation<number[]>({ reducer: append, default: () => [] }),
});

/** Milliseconds that a task takes, on average. */
const TASK_MS = 100;
const STEPS = 5;
const sent = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const steps = new StateGraph(State)
  .addNode('next', ({ n }) => ({ n: n + 1 }))
  .addEdge(START, 'next')
  .addConditionalEdges('next', ({ n }) => (n < STEPS ? 'next' : '__end__'), ['next', '__end__'])
  .compile();

const mapOver = (node: unknown) =>
  new StateGraph(State)
    .addNode('work', node as never)
    .addConditionalEdges(
      START,
      ({ left }) => Array.from({ length: left }, (_, n) => new Send('work', { n: 0, list: [n] })),
      ['work'],
    )
    .compile();
const map = mapOver(async ({ list }: { list: number[] }) => ({ list }));
const subgraphs = mapOver(steps);

/** Whose loops run in one process: so many calls of a graph, each with an input. */
interface Load {
  readonly calls: number;
  readonly graph: typeof map | typeof steps;
  readonly left: number;
}

interface Arrival {
  /** Milliseconds of the simulated clock. */
  readonly at: number;
  readonly call: number;
  readonly reply: TaskReply;
}

class Simulation {
  readonly #load: Load;
  readonly #delayMs: number;
  /** When each worker is free. */
  readonly #freeAt: number[];
  readonly #arrivals: Arrival[] = [];
  readonly #calls: { at: Advanced; readonly open: Set<string>; replies: TaskReply[] }[] = [];
  #now = 0;
  #busyMs = 0;
  #tasks = 0;
  #seed = 1;

  constructor(load: Load, workers: number, delayMs: number) {
    this.#load = load;
    this.#delayMs = delayMs;
    this.#freeAt = Array.from({ length: workers }, () => 0);
  }

  async run(): Promise<{ tasks: number; ms: number; busyMs: number }> {
    const { calls, graph, left } = this.#load;
    for (let call = 0; call < calls; call++) {
      const at = await this.#timed(() => advance(graph, { input: { left } }));
      this.#calls.push({ at, open: new Set(), replies: [] });
      await this.#handOut(call);
    }
    while (this.#arrivals.length > 0) {
      this.#now = Math.max(this.#now, this.#arrivals[0]!.at);
      const due = new Set<number>();
      while (this.#arrivals.length > 0 && this.#arrivals[0]!.at <= this.#now) {
        const { call, reply } = this.#arrivals.shift()!;
        const { replies, open } = this.#calls[call]!;
        replies.push(await this.#timed(async () => reply));
        open.delete(reply.id);
        // A subgraph goes on by itself.
        if (graph === subgraphs || open.size === 0) due.add(call);
      }
      for (const call of due) {
        const known = this.#calls[call]!;
        const { replies, at } = known;
        known.replies = [];
        known.at = await this.#timed(() => advance(graph, { stored: at.stored, replies }));
        await this.#handOut(call);
      }
    }
    return { tasks: this.#tasks, ms: this.#now, busyMs: this.#busyMs };
  }

  /** What the loop does, sent on as JSON. */
  async #timed<T>(work: () => Promise<T>): Promise<T> {
    const before = process.threadCpuUsage();
    const result = sent(await work());
    const { user, system } = process.threadCpuUsage(before);
    const ms = (user + system) / 1000;
    this.#now += ms;
    this.#busyMs += ms;
    return result;
  }

  async #handOut(call: number): Promise<void> {
    const { at, open } = this.#calls[call]!;
    if (at.status !== 'tasks') return;
    for (const task of at.tasks) {
      if (open.has(task.id)) continue;
      open.add(task.id);
      this.#tasks++;
      const reply = await runTask(this.#load.graph, task);
      this.#freeAt.sort((a, b) => a - b);
      const start = Math.max(this.#now + this.#delayMs, this.#freeAt[0]!);
      const end = start + TASK_MS * (0.5 + this.#random());
      this.#freeAt[0] = end;
      this.#arrive({ at: end + this.#delayMs, call, reply });
    }
  }

  #arrive(arrival: Arrival): void {
    let index = this.#arrivals.length;
    while (index > 0 && this.#arrivals[index - 1]!.at > arrival.at) index--;
    this.#arrivals.splice(index, 0, arrival);
  }

  /** The same each time. */
  #random(): number {
    this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) >>> 0;
    return this.#seed / 2 ** 32;
  }
}

const loads: Record<string, (workers: number) => Load> = {
  'a map of 10 tasks for each worker': (workers) => ({ calls: 1, graph: map, left: workers * 10 }),
  'two threads for each worker': (workers) => ({ calls: workers * 2, graph: steps, left: 0 }),
  'two subgraphs in one thread for each worker': (workers) => ({
    calls: 1,
    graph: subgraphs,
    left: workers * 2,
  }),
};
for (const load of [map, steps, subgraphs]) {
  // What is compiled at first is not what it costs.
  await new Simulation({ calls: 20, graph: load, left: 20 }, 10, 0).run();
}
for (const [name, loadFor] of Object.entries(loads)) {
  console.log(`${name}, of ${TASK_MS} ms each`);
  for (const workers of [10, 100, 1000]) {
    for (const delayMs of [0, 10, 100]) {
      const { tasks, ms, busyMs } = await new Simulation(loadFor(workers), workers, delayMs).run();
      console.log(
        `  ${workers} workers, ${delayMs} ms away: ${((tasks / ms) * 1000).toFixed(0)} tasks a second, ` +
          `${((tasks * TASK_MS * 100) / ms / workers).toFixed(0)} % of what they can, loop busy ${((busyMs * 100) / ms).toFixed(0)} %, ` +
          `${(busyMs / tasks).toFixed(2)} ms a task`,
      );
    }
  }
}

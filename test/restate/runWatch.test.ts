// What steps and tasks of a run tell, each by itself, becomes what the same run in one process tells.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Annotation, START, Send, StateGraph, append, task } from '../../src/engine/index.ts';
import type { RunEvent } from '../../src/engine/model/events.ts';
import { advance, runTask } from '../../src/remote/index.ts';
import type { ToldEvents } from '../../src/restate/eventService.ts';
import { RunWatch } from '../../src/restate/runWatch.ts';

const State = Annotation.Root({
  n: Annotation<number>(),
  list: Annotation<unknown[]>({ reducer: append, default: () => [] }),
});
const twice = task('twice', async (n: number) => n * 2);
const inner = new StateGraph(State)
  .addNode('one', () => ({ list: ['one'] }))
  .addNode('two', () => ({ list: ['two'] }))
  .addEdge(START, 'one')
  .addEdge('one', 'two')
  .compile();
const graph = new StateGraph(State)
  .addNode('work', (async ({ n }: { n: number }, { writer }: any) => {
    writer?.({ n });
    return { list: [await twice(n), await twice(n)] };
  }) as never)
  .addNode('sub', inner, { returns: 'updates' })
  .addNode('last', ({ n }) => ({ n: n - 1 }))
  .addConditionalEdges(START, () => [new Send('work', { n: 1 }), new Send('work', { n: 2 })], [
    'work',
  ])
  .addEdge('work', 'sub')
  .addEdge('sub', 'last')
  .addConditionalEdges('last', ({ n }) => (n > 0 ? 'sub' : '__end__'), ['sub', '__end__'])
  .compile({ name: 'watched' });

/** All that the parts of a run tell. */
async function parts(): Promise<ToldEvents[]> {
  const told: ToldEvents[] = [];
  const hear = (id: string, step?: number) => {
    const events: { at: number; event: RunEvent }[] = [];
    told.push({ from: { id, ...(step !== undefined && { step }) }, events });
    return (event: RunEvent) => {
      if (event.type === 'checkpointMade') return;
      events.push({ at: Date.now(), event: structuredClone(event) });
    };
  };
  let at = await advance(graph, { input: { n: 2 }, onEvent: hear('step 0', 0) });
  for (let step = 1; at.status === 'tasks'; step++) {
    const replies = [];
    for (const each of at.tasks) {
      replies.push(await runTask(graph, each, { onEvent: hear(`task ${each.id}`) }));
    }
    at = await advance(graph, { stored: at.stored, replies, onEvent: hear(`step ${step}`, step) });
  }
  assert.equal(at.status, 'done');
  return told;
}

/** What happened, without times, and those of branches that run at once in a fixed order. */
function shape(events: readonly RunEvent[]): string[] {
  const names = new Map<number, string>();
  return events.map((event) => {
    const { type, path, superstep, task } = event as any;
    if (!task) return [type, ...(path ?? []), superstep ?? ''].join(' ');
    names.set(task.id, `${names.size}`);
    return [type, ...task.path, task.superstep, task.kind ?? ''].join(' ');
  });
}

describe('who watches a run that is run in parts', () => {
  it('hears each thing once, as of a run in one process', async () => {
    const local: RunEvent[] = [];
    await graph.invoke({ n: 2 }, { onEvent: (event) => void local.push(event) });
    const seen = new RunWatch().see(await parts());
    const isOfSends = (line: string) => line.includes('work[');
    const [ours, theirs] = [shape(seen), shape(local)];
    assert.deepEqual(
      ours.filter((line) => !isOfSends(line)),
      theirs.filter((line) => !isOfSends(line)),
    );
    assert.deepEqual(ours.filter(isOfSends).sort(), theirs.filter(isOfSends).sort());
    const ids = new Set(seen.flatMap((event) => ('task' in event ? [event.task.id] : [])));
    assert.equal(ids.size, 2 + 4 + 2 * 4, 'each task has a name of its own');
    const times = seen.map(({ time }) => time);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
  });

  it('hears of the ends of tasks whose own events got lost', async () => {
    const kept = (await parts()).filter(({ from }) => from.step !== undefined);
    const seen = shape(new RunWatch().see(kept));
    for (const path of ['work[0] 1', 'work[1] 1', 'sub 2', 'sub one 1', 'last 3', 'last 5']) {
      assert.equal(seen.filter((line) => line.startsWith(`taskStarted ${path}`)).length > 0, true);
      assert.equal(seen.filter((line) => line.startsWith(`taskFinished ${path}`)).length > 0, true);
    }
    assert.equal(seen.at(-1), 'runFinished ');
  });

  it('hears of a step or task that was broken off and repeated as of one', async () => {
    const told = await parts();
    const whole = shape(new RunWatch().see(told));
    const broken = told.flatMap((part) => {
      const events = part.events.slice(0, -1);
      return [{ from: { ...part.from, id: `${part.from.id} broken` }, events }, part];
    });
    const seen = shape(new RunWatch().see(broken));
    const once = (lines: readonly string[]) =>
      lines.filter((line) => /^(superstep|taskFinished|run)/.test(line));
    assert.deepEqual(once(seen), once(whole));
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEvent } from '../../../src/engine/model/events.ts';
import { PanelEvents } from '../../../src/runner/report/panelEvents.ts';
import { Trace } from '../../../src/trace/trace.ts';
import {
  finished,
  modelCall,
  runStarted,
  started,
  task,
  wrote,
} from '../../runner/report/events.ts';

const a = task(1, 'a');
const call = modelCall(a);
const secret = { text: 'x'.repeat(1000) };

const types = (events: readonly RunEvent[]) => events.map(({ type }) => type);
const superstep = (n: number, written: readonly string[], state: object): RunEvent => ({
  ...{ type: 'superstepFinished', time: n, path: [], superstep: n, written },
  state: state as Record<string, unknown>,
});

test('a panel gets what happened, without inputs and outputs, which are in states and updates', () => {
  const kept = new PanelEvents().add([
    runStarted('g', secret),
    started(a, 1, secret),
    wrote(a, 5, { k: 1 }),
    { type: 'console', time: 5, level: 'log', text: 'hello', task: a },
    finished(a, 6, 5),
    superstep(1, ['k'], { k: 1 }),
    { type: 'interrupted', time: 7, path: [], superstep: 2, interrupts: [], state: secret },
    { type: 'runFinished', time: 8, output: secret },
  ]);
  assert.deepEqual(types(kept), [
    ...['runStarted', 'taskStarted', 'taskWrote', 'console', 'taskFinished'],
    ...['superstepFinished', 'interrupted', 'runFinished'],
  ]);
  assert.doesNotMatch(JSON.stringify(kept), /xxx/);
});

test('what a Send or a call has given to a task is kept, since no state has it', () => {
  const sent = { ...a, path: ['a[0]'] };
  const called = { ...a, kind: 'task' } as const;
  const kept = new PanelEvents().add(
    [a, sent, called].map((one) => started(one, 1, { topic: 'x' })),
  );
  assert.deepEqual(
    kept.map((event) => 'input' in event && event.input),
    [undefined, { topic: 'x' }, { topic: 'x' }],
  );
});

test('of a state only what a superstep has written is kept, and a trace has the whole', () => {
  const kept = new PanelEvents();
  const states = [{ big: 'b', n: 0 }, { big: 'b', n: 1 }, { n: 2 }, { big: 'c', n: 2 }];
  const trace = new Trace();
  kept.add(states.map((state, i) => superstep(i, i === 0 ? ['big', 'n'] : ['n'], state)));
  assert.deepEqual(
    kept.all.map((event) => 'state' in event && event.state),
    [{ big: 'b', n: 0 }, { n: 1 }, { n: 2 }, { big: 'c', n: 2 }],
  );
  for (const event of kept.all) trace.add(event);
  assert.deepEqual(
    trace.supersteps.map(({ state }) => state),
    states,
  );
});

test('pieces of an answer are told as they come, and kept as one', () => {
  const kept = new PanelEvents();
  const told = kept.add([call.started(1), call.streamed(2, 'a '), call.streamed(3, 'long one')]);
  assert.deepEqual(types(told), ['modelStarted', 'modelStreamed', 'modelStreamed']);
  const [, answer] = kept.all;
  assert.deepEqual([kept.all.length, (answer as { text: string }).text], [2, 'a long one']);
});

test('of large values the beginning is kept, with a note, and of very many none', () => {
  const kept = new PanelEvents();
  const [event] = kept.add([wrote(a, 1, { text: 'x'.repeat(1e6), list: new Array(1e5).fill(1) })]);
  const { text, list } = (event as any).update;
  assert.match(text, /^x{10000} … \(990,000 characters more\)$/);
  assert.match(list.at(-1), /elements more/);
  for (let i = 0; i < 300; i++) kept.add([wrote(a, i, { list: new Array(1e5).fill(1) })]);
  const [last] = kept.add([wrote(a, 1, { k: 'y' })]);
  assert.match((last as any).update.k, /not kept/);
  assert.ok(JSON.stringify(kept.all).length < 20_000_000);
});

test('lines beyond a bound are not kept, which is said once, and what happened still is', () => {
  const line: RunEvent = { type: 'console', time: 5, level: 'log', text: 'hello', task: a };
  const kept = new PanelEvents();
  kept.add(new Array<RunEvent>(150_000).fill(line));
  const last = kept.all.at(-1) as { text?: string };
  assert.deepEqual(
    [kept.all.length, last.text],
    [100_000, 'Only the first 100,000 lines are kept here'],
  );
  assert.equal(kept.add([finished(a, 6, 5)]).length, 1);
});

test('a panel goes on with the run before, and ends at a bound', () => {
  const before = new PanelEvents();
  before.add([runStarted('g', {}), started(a, 1)]);
  const events = new PanelEvents(before.all);
  assert.equal(events.add([finished(a, 2, 1)]).length, 1);
  assert.equal(events.all.length, 3);
  const many = Array.from({ length: 300_000 }, (_, i) => finished(a, i, 1));
  events.add(many);
  assert.equal(events.all.length, 200_000);
  assert.deepEqual(events.add([finished(a, 2, 1)]), []);
});

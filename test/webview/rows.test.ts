import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Annotation, END, START, Send, StateGraph } from '../../src/engine/index.ts';
import type { RunEvent } from '../../src/engine/model/events.ts';
import { Trace } from '../../src/trace/trace.ts';
import { Rows } from '../../src/webview/timeline/rows.ts';

const State = Annotation.Root({
  rounds: Annotation<number>({ reducer: (a, b) => a + b, default: () => 0 }),
});
const pass = () => ({});

const inner = new StateGraph(State)
  .addNode('look', pass)
  .addNode('weigh', pass)
  .addEdge(START, 'look')
  .addEdge('look', 'weigh')
  .compile();

const outer = new StateGraph(State)
  .addNode('plan', () => ({ rounds: 1 }))
  .addNode('inner', inner)
  .addNode('sent', inner)
  .addNode('judge', pass)
  .addEdge(START, 'plan')
  .addConditionalEdges('plan', () => ['inner', ...[1, 2, 3].map(() => new Send('sent', {}))], {
    inner: 'inner',
    sent: 'sent',
  })
  .addEdge(['inner', 'sent'], 'judge')
  .addConditionalEdges('judge', ({ rounds }) => (rounds < 3 ? 'plan' : END), ['plan', END])
  .compile();

test('lines that grow with a run are those of the whole run, whatever is open', async () => {
  const events: RunEvent[] = [];
  await outer.invoke({}, { onEvent: (event) => events.push(event) });
  const trace = new Trace();
  const rows = new Rows(trace);
  const open = new Set(['/sent']);
  for (const event of events) {
    trace.add(event);
    rows.build(open);
  }
  const lines = rows.build(open);
  assert.deepEqual(lines, new Rows(trace).build(open));
  const names = lines.map(({ label, depth, fold }) => `${'  '.repeat(depth)}${label} ${fold}`);
  assert.deepEqual(names.slice(0, 7), [
    'plan none',
    'inner open',
    '  look none',
    '  weigh none',
    'sent ×6 open',
    '  sent[0] open',
    '    look none',
  ]);
  assert.deepEqual(
    lines.slice(0, 3).map(({ spans }) => spans.length),
    [2, 2, 2],
  );
  assert.deepEqual(
    rows.build(new Set()).map(({ label }) => label),
    ['plan', 'inner', 'look', 'weigh', 'sent ×6', 'judge'],
  );
});

import type { ObjectExpression } from '@babel/types';
import type { BuilderCall } from '../../loader/source/graphDraft.ts';
import type { LintedFile } from '../lintedFile.ts';
import type { Finding, Rule } from '../rule.ts';
import { propertiesOf, spanOf } from '../syntax.ts';

/** Keys of a call's config that count only inside `configurable`. */
const INSIDE = new Set(['thread_id', 'checkpoint_id', 'checkpoint_ns']);
/** Keys that count only beside it. */
const BESIDE = new Set([
  'recursionLimit',
  'maxConcurrency',
  'signal',
  'callbacks',
  'streamMode',
  'durability',
]);
/** Methods whose config is their second argument. */
const RUNS = new Set(['invoke', 'stream', 'streamEvents']);

/** A key of the config where nothing looks for it. */
export const misplacedConfig: Rule = {
  id: 'misplaced-config',
  severity: 'warning',
  title: 'A key of the config stands where nothing looks for it',
  cause:
    'The names of a thread and of its checkpoints belong inside `configurable`; limits, signals and all ' +
    'that is about one call belong beside it, and not into `compile()`. In another place they have no ' +
    'effect, or are refused.',
  cure: 'Move the key to its place.',
  example: `const State = Annotation.Root({ n: Annotation<number>() });

export const graph = new StateGraph(State)
  .addNode('count', ({ n }) => ({ n: n + 1 }))
  .addEdge(START, 'count')
  .compile({ checkpointer: new MemorySaver() });

export const run = () => graph.invoke({ n: 1 }, { thread_id: 'a' });`,
  *check(file) {
    for (const { calls } of file.compiled) {
      for (const call of calls) if (RUNS.has(call.method)) yield* checkRun(call, file);
    }
    for (const { builder } of file.graphs) {
      for (const call of builder.calls) if (call.method === 'compile') yield* checkCompile(call);
    }
  },
};

function* checkRun({ args }: BuilderCall, file: LintedFile): Generator<Finding> {
  const config = args[1]?.at as ObjectExpression | undefined;
  if (config?.type !== 'ObjectExpression') return;
  const { entries } = propertiesOf(config);
  const configurable = entries.get('configurable');
  for (const [name, { key, value }] of entries) {
    if (!INSIDE.has(name)) continue;
    const property = { start: spanOf(key).start, end: spanOf(value).end };
    const text = file.text.slice(property.start, property.end);
    yield {
      at: spanOf(key),
      message: `"${name}" has no effect here: it belongs inside configurable`,
      ...(!configurable && {
        fixes: [
          {
            title: 'Move it into configurable',
            edits: [{ ...property, text: `configurable: { ${text} }` }],
          },
        ],
      }),
    };
  }
  if (configurable?.value.type !== 'ObjectExpression') return;
  for (const [name, { key }] of propertiesOf(configurable.value).entries) {
    if (!BESIDE.has(name)) continue;
    yield {
      at: spanOf(key),
      message: `"${name}" has no effect inside configurable: it belongs beside it`,
    };
  }
}

function* checkCompile({ args }: BuilderCall): Generator<Finding> {
  const options = args[0]?.at as ObjectExpression | undefined;
  if (options?.type !== 'ObjectExpression') return;
  for (const [name, { key }] of propertiesOf(options).entries) {
    if (!INSIDE.has(name) && !BESIDE.has(name) && name !== 'configurable') continue;
    yield {
      at: spanOf(key),
      message: `"${name}" has no effect in compile(): give it to invoke() or stream()`,
    };
  }
}

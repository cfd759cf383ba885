import { didYouMean } from '../../engine/model/errors.ts';
import type { Rule } from '../rule.ts';
import { spanOf } from '../syntax.ts';
import { replace } from '../textEdits.ts';

/** A node returns a key that no schema of the graph has. */
export const unknownKey: Rule = {
  id: 'unknown-key',
  severity: 'warning',
  title: 'A node returns a key that the state does not have',
  cause:
    'Keys of an update that no schema of the graph declares are dropped without a word. The compiler ' +
    'sees it in most cases, but not where types are `any`, and not in JavaScript.',
  cure: 'Return the key by the name that the state has for it, or declare it.',
  example: `const State = Annotation.Root({ answer: Annotation<string>() });

export const graph = new StateGraph(State)
  .addNode('ask', () => ({ anwser: 'yes' }))
  .addEdge(START, 'ask')
  .compile();`,
  *check({ graphs }) {
    /** One function may be the node of several graphs. */
    const told = new Set<unknown>();
    for (const { nodes, state, otherKeys, isClosed } of graphs) {
      if (!state || !otherKeys || !isClosed) continue;
      const names = [...state.keys(), ...otherKeys];
      const known = new Set(names);
      for (const { name, code, options } of nodes.values()) {
        // Its own input may have keys that are not known here.
        if (!code || !options) continue;
        for (const update of code.updates()) {
          for (const [key, at] of update ? [...update.keys, ...update.others] : []) {
            if (known.has(key) || told.has(at)) continue;
            told.add(at);
            const hint = didYouMean(key, names);
            const close = /"(.*)"/.exec(hint)?.[1];
            // `{ key }` would change its value as well.
            const isName = close !== undefined && /^[A-Za-z_$][\w$]*$/.test(close);
            const text = at.type === 'Identifier' && isName ? close : JSON.stringify(close);
            yield {
              at: spanOf(at),
              message: `"${name}" returns "${key}", which the state does not have: it is dropped${hint || '; declare it, or return another key'}`,
              ...(close !== undefined && {
                fixes: [{ title: `Write "${close}"`, edits: [replace(at, text)] }],
              }),
            };
          }
        }
      }
    }
  },
};

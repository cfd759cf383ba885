import type { FunctionCode } from '../functionCode.ts';
import type { Rule } from '../rule.ts';
import { isPlaced, spanOf, walk } from '../syntax.ts';

/** A key of the state that nothing in the file names again. */
export const unusedKey: Rule = {
  id: 'unused-key',
  severity: 'information',
  title: 'A key of the state that no node reads or writes',
  cause: 'The key is declared, and neither a node nor a router of the graph names it.',
  cure: 'Leave it out, or use it.',
  example: `const State = Annotation.Root({
  answer: Annotation<string>(),
  mood: Annotation<string>(),
});

export const graph = new StateGraph(State)
  .addNode('ask', () => ({ answer: 'yes' }))
  .addEdge(START, 'ask')
  .compile();`,
  *check({ graphs, text }) {
    const told = new Set<unknown>();
    for (const { state, nodes, routers, isClosed, otherKeys, builder } of graphs) {
      if (!state || !isClosed || !otherKeys || !builder.isCompiled) continue;
      const parts = [...nodes.values(), ...routers];
      // Other files, and whoever is given the whole state, may use any key.
      if (parts.length === 0 || parts.some(({ code }) => !code || handsOn(code))) continue;
      const unused = [...state.values()].filter(({ name }) => countOf(name, text) === 1);
      // A sketch, whose nodes do nothing yet.
      if (unused.length === state.size) continue;
      for (const { name, at, value } of unused) {
        // What another file declares, it may also use.
        if (!value || value.kind === 'imported' || !isPlaced(at) || told.has(at)) continue;
        told.add(at);
        yield {
          at: spanOf(at),
          message: `No node reads or writes "${name}": leave it out, or use it.`,
        };
      }
    }
  },
};

function countOf(name: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(name); at >= 0 && count < 2; at = text.indexOf(name, at + 1)) {
    const isPart = /[\w$]/;
    const around = [text[at - 1] ?? '', text[at + name.length] ?? ''];
    if (!around.some((each) => isPart.test(each))) count++;
  }
  return count;
}

/** Whether its state goes anywhere as a whole, or is looked at by names that it makes up. */
function handsOn({ code }: FunctionCode): boolean {
  const [param] = code.params;
  if (!param) return false;
  if (param.type === 'ObjectPattern')
    return param.properties.some(({ type }) => type === 'RestElement');
  if (param.type !== 'Identifier') return true;
  let uses = 0;
  let members = 0;
  walk(code.body, (node) => {
    if (node.type === 'Identifier' && node.name === param.name) uses++;
    const owner =
      (node.type === 'MemberExpression' || node.type === 'OptionalMemberExpression') &&
      !node.computed &&
      node.object;
    if (owner && owner.type === 'Identifier' && owner.name === param.name) members++;
  });
  return uses > members;
}

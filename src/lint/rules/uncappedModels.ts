import type { CallExpression, Node } from '@babel/types';
import type { FunctionCode } from '../functionCode.ts';
import { forEachElement, isIn, listSends } from '../listSends.ts';
import type { LintGraph } from '../lintGraph.ts';
import type { Finding, Rule } from '../rule.ts';
import { isFunction, keyOf, spanOf, walk } from '../syntax.ts';
import { addOption } from '../textEdits.ts';

/** A model that is asked for each element of a list, all at once. */
export const uncappedModels: Rule = {
  id: 'uncapped-models',
  severity: 'information',
  title: 'A model is asked for each element of a list, all at once',
  cause:
    'A node that a list is sent to runs once for each element, in one superstep; so do the calls in ' +
    '`Promise.all(list.map(…))`. With a long list, a model is asked as often at the same time: providers ' +
    'refuse that (429), and an own server is held up. How long the list may be is not seen in the text, and ' +
    'nothing in the file says `maxConcurrency`.',
  cure:
    'Give the node a `maxConcurrency`, or pass one in the config of the call, which holds for the whole run. ' +
    'Instead of `Promise.all` send the list to a node of its own.',
  example: `import { ChatOpenAI } from 'superstep/openai';
const State = Annotation.Root({
  topics: Annotation<string[]>(),
  jokes: Annotation<string[]>({ reducer: append, default: () => [] }),
});
const model = new ChatOpenAI();

export const graph = new StateGraph(State)
  .addNode('joke', async ({ topic }) => ({ jokes: [(await model.invoke(topic)).text] }))
  .addConditionalEdges(START, ({ topics }) => topics.map((topic) => new Send('joke', { topic })), ['joke'])
  .compile();`,
  *check({ graphs, functions, text }) {
    // Whatever it is given to, somebody has thought of it.
    if (/\bmaxConcurrency\b/.test(text)) return;
    for (const graph of graphs) yield* sent(graph, text);
    for (const code of functions) yield* gathered(code);
  },
};

function* sent(graph: LintGraph, text: string): Generator<Finding> {
  const { routers, nodes } = graph;
  const codes = new Set([...routers, ...nodes.values()].flatMap(({ code }) => code ?? []));
  const told = new Set<string>();
  for (const { name } of [...codes].flatMap(listSends)) {
    const node = nodes.get(name);
    const call = node?.code && callsOfModels(node.code.code, node.code)[0];
    if (!node?.options || !call || told.has(name)) continue;
    told.add(name);
    const option = addOption(text, node, 'maxConcurrency: 8');
    yield {
      at: spanOf(call),
      message: `"${name}" is sent a list, and asks a model: as many requests are made at once as the list is long. Give the node a maxConcurrency, or the call of the graph.`,
      // A word of superstep's own.
      ...(option &&
        /from ['"]superstep['"]/.test(text) && {
          fixes: [{ title: `Let "${name}" run 8 times at once at most`, edits: [option] }],
        }),
    };
  }
}

/** `Promise.all(list.map((each) => model.invoke(each)))`. */
function* gathered(code: FunctionCode): Generator<Finding> {
  const gatherings: Node[] = [];
  walk(code.code, (node) => {
    // One inside is among the functions, too.
    if (node !== code.code && isFunction(node)) return false;
    if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return true;
    const { object, property } = node.callee;
    const isPromise = object.type === 'Identifier' && object.name === 'Promise';
    const isAll = property.type === 'Identifier' && /^all(?:Settled)?$/.test(property.name);
    if (isPromise && isAll) gatherings.push(...node.arguments);
    return true;
  });
  for (const list of gatherings) {
    if (list.type !== 'CallExpression') continue;
    const each = forEachElement(list).find((place) => list.arguments.includes(place as never));
    const call = each && callsOfModels(each, code).find((found) => isIn(found, each));
    if (!call) continue;
    yield {
      at: spanOf(call),
      message:
        'A model is asked for each element of a list: as many requests are made at once as the list is long. Send the list to a node with a maxConcurrency.',
    };
  }
}

function callsOfModels(place: Node, code: FunctionCode): CallExpression[] {
  const found: CallExpression[] = [];
  walk(place, (node) => {
    if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return;
    const method = keyOf(node.callee.property, node.callee.computed) ?? '';
    if (!/^(?:invoke|stream)$/.test(method)) return;
    if (code.valueOf(node.callee.object)?.kind === 'model') found.push(node);
  });
  return found;
}

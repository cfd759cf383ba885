import type { ModelUse } from '../../src/protocol/modelUse.ts';
import { answerForm } from '../../src/protocol/answerForm.ts';
import type {
  DiagramNode,
  NodeProgress,
  QuestionCard,
  ToWebview,
} from '../../src/protocol/webviewMessages.ts';

type GraphMessage = Extract<ToWebview, { type: 'graph' }>;

/** Two nodes side by side. */
export const parallelNodes = sideBySide('node_a', 'node_b');

/** The same, wide enough for all that may stand on a node, in any font. */
export const roomyNodes = sideBySide('compare_answers', 'collect_sources');

/** A parent with two expanded subgraphs, as the engine writes it; the subgraphs are no nodes. */
export const twoSubgraphs = graphMessage(
  'entry-graph',
  [
    'doge_graph:generate_response',
    'doge_graph:pick_best',
    'react_graph:generate_roles',
    'react_graph:divergent_thinking',
    'best_response',
  ],
  `	__start__([<p>__start__</p>]):::first
	doge_graph_generate_response(generate_response)
	doge_graph_pick_best(pick_best)
	react_graph_generate_roles(generate_roles)
	react_graph_divergent_thinking(divergent_thinking)
	best_response(best_response)
	__end__([<p>__end__</p>]):::last
	__start__ --> doge_graph_generate_response;
	__start__ --> react_graph_generate_roles;
	doge_graph_pick_best --> best_response;
	react_graph_divergent_thinking --> best_response;
	best_response --> __end__;
	subgraph doge_graph
	doge_graph_generate_response -.-> doge_graph_pick_best;
	end
	subgraph react_graph
	react_graph_generate_roles --> react_graph_divergent_thinking;
	end`,
);

/** Routers with labels, a loop, and a node that waits. */
export const agentLoop = graphMessage(
  'research-agent',
  ['plan', 'search', 'read_page', 'judge', 'write_report'],
  `	__start__([<p>__start__</p>]):::first
	plan(plan)
	search(search)
	read_page(read_page)
	judge(judge)
	write_report(write_report<hr/><small><em>defer = true</em></small>)
	__end__([<p>__end__</p>]):::last
	__start__ --> plan;
	plan --> search;
	read_page --> judge;
	write_report --> __end__;
	search -.-> read_page;
	judge -. &nbsp;not enough&nbsp; .-> search;
	judge -. &nbsp;enough&nbsp; .-> write_report;`,
);

/** Ten layers or more of nodes with plain names. */
export function manyNodes(count: number): GraphMessage {
  const ids = Array.from({ length: count }, (_, index) => `node_${index}`);
  const width = Math.ceil(Math.sqrt(count));
  const lines = ids.map((id) => `\t${id}(${id})`);
  ids.forEach((id, index) => {
    if (index + width < count) lines.push(`\t${id} --> node_${index + width};`);
  });
  return graphMessage(`graph-of-${count}`, ids, lines.join('\n'));
}

function sideBySide(a: string, b: string): GraphMessage {
  return graphMessage(
    'my-graph',
    [a, b],
    `	__start__([<p>__start__</p>]):::first
	${a}(${a})
	${b}(${b})
	__end__([<p>__end__</p>]):::last
	__start__ --> ${a};
	__start__ --> ${b};
	${a} --> __end__;
	${b} --> __end__;`,
  );
}

/** Builds a `graph` message of revision 1 around Mermaid lines; ids as the engine makes them. */
export function graphMessage(
  title: string,
  ids: readonly string[],
  lines: string,
  nodes: readonly DiagramNode[] = ids.map((id) => ({
    id,
    name: id.slice(id.lastIndexOf(':') + 1),
    mermaidId: id.replaceAll(':', '_'),
  })),
): GraphMessage {
  const mermaid = `%%{init: {'flowchart': {'curve': 'linear'}}}%%
graph TD;
${lines}
	classDef default fill:#f2f0ff,line-height:1.2;
	classDef first fill-opacity:0;
	classDef last fill:#bfb6fc;
`;
  return { type: 'graph', revision: 1, title, file: `${title}.graph.ts`, mermaid, nodes };
}

/** A `progress` message of revision 1. */
export function progress(...nodes: NodeProgress[]): ToWebview {
  return { type: 'progress', revision: 1, nodes };
}

export function running(id: string, counts: Partial<NodeProgress> = {}): NodeProgress {
  return { id, status: 'running', running: 1, done: 0, failed: 0, totalMs: 0, ...counts };
}

export function done(id: string, totalMs: number, count = 1): NodeProgress {
  return { id, status: 'done', running: 0, done: count, failed: 0, totalMs };
}

export function failed(id: string, totalMs: number, error: string): NodeProgress {
  return { id, status: 'failed', running: 0, done: 0, failed: 1, totalMs, error };
}

export function cancelled(id: string, totalMs: number): NodeProgress {
  return { id, status: 'cancelled', running: 0, done: 0, failed: 0, cancelled: 1, totalMs };
}

/** One task of the node waits for an answer. */
export function waits(id: string): NodeProgress {
  return { id, status: 'waiting', running: 0, done: 0, failed: 0, paused: 1, totalMs: 0 };
}

/** The card of a question that was asked with this value. */
export function question(
  id: string,
  value: unknown,
  card: Partial<QuestionCard> = {},
): QuestionCard {
  const lines = typeof value === 'string' ? [value] : JSON.stringify(value, null, 2).split('\n');
  const isText = typeof value === 'string';
  return { id, asker: 'ask', since: '12:00:00', lines, isText, form: answerForm(value), ...card };
}

/** What four requests to one model took. */
export function modelUse(use: Partial<ModelUse> = {}): ModelUse {
  return {
    calls: 4,
    failed: 0,
    retries: 0,
    cached: 0,
    tokensIn: 1234,
    tokensOut: 45,
    uncounted: 0,
    models: ['gpt-4o'],
    sources: [],
    ...use,
  };
}

/** An entrypoint, whose diagram has its one node only. */
export const workflow = graphMessage(
  'workflow',
  ['workflow'],
  `	__start__([<p>__start__</p>]):::first
	workflow(workflow)
	__end__([<p>__end__</p>]):::last
	__start__ --> workflow;
	workflow --> __end__;`,
);

/** A functional task that `workflow` has called, some of whose runs go on. */
export function called(name: string, counts: Partial<NodeProgress> = {}): NodeProgress {
  const calledBy = { parent: 'workflow', name };
  return { ...running(`workflow:${name}`, counts), calledBy };
}

import type { DiagramModel } from './diagramModel.ts';

/** Most nodes that a sentence names. */
const MAX_NAMED = 8;

/**
 * What the drawing shows of edges by bars and marks, in sentences for those who read it as a list: which nodes
 * wait for several others, and where a run went without a declaration.
 * @returns By id of the node.
 */
export function edgeWords({ nodes, edges }: DiagramModel): ReadonlyMap<string, readonly string[]> {
  const names = new Map(nodes.map(({ id, name }) => [id, shownName(name)]));
  const words = new Map<string, string[]>();
  const add = (id: string, sentence: string) => {
    const known = words.get(id);
    if (known) known.push(sentence);
    else words.set(id, [sentence]);
  };
  const named = (ids: readonly string[]) => listed(ids.map((id) => names.get(id) ?? id));
  for (const { id, joins } of nodes) {
    for (const sources of joins) add(id, `Waits for all of ${named(sources)}`);
  }
  const found = edges.filter(({ kind }) => kind === 'found');
  for (const [source, own] of Map.groupBy(found, (edge) => edge.source)) {
    const targets = named(own.map(({ target }) => target));
    add(source, `Led to ${targets} in this run, which nothing declares`);
  }
  return words;
}

function shownName(name: string): string {
  return name === '__start__' ? 'the start' : name === '__end__' ? 'the end' : name;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMED);
  const more = names.length - shown.length;
  const all = more > 0 ? [...shown, `${more} more`] : shown;
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

import type { DiagramNode } from '../../protocol/webviewMessages.ts';
import { nodeIdInside, parentOfNode } from '../../trace/nodeId.ts';

/** A node that the text does not hold, since code called it: it hangs on the node that did. */
export interface CalledNode {
  readonly id: string;
  readonly name: string;
  readonly parent: string;
}

/** An edge that the text does not hold, since no declaration tells of it: a run has taken it. */
export interface FoundEdge {
  readonly source: string;
  readonly target: string;
}

/** A diagram as the engine writes it, and what is to be added to it. */
export interface DiagramSource {
  readonly mermaid: string;
  readonly nodes: readonly DiagramNode[];
  /** Default none. A node whose parent is not drawn is not drawn either. */
  readonly called?: readonly CalledNode[];
  /** Default none. Of nodes that are not drawn they are not drawn either. */
  readonly found?: readonly FoundEdge[];
}

/** A node of a drawing, by the id that events name it by. */
export interface ModelNode {
  readonly id: string;
  readonly name: string;
  /** `called`: no edge leads to it. `folded`: a subgraph that is drawn as one node. */
  readonly kind: 'node' | 'start' | 'end' | 'called' | 'folded';
  /** Id of the subgraph it lies in; absent outside of all. */
  readonly block?: string | undefined;
  /** Its metadata, or how much is folded into it, a line each. */
  readonly facts: readonly string[];
  readonly isDeferred: boolean;
  /** For each edge from several nodes that leads here, the ids of those. */
  readonly joins: readonly (readonly string[])[];
}

/** A subgraph that is drawn as a box around its nodes. */
export interface ModelBlock {
  readonly id: string;
  readonly name: string;
  readonly block?: string | undefined;
}

/** An edge of a drawing, by the ids of its nodes. */
export interface ModelEdge {
  readonly source: string;
  readonly target: string;
  readonly label?: string | undefined;
  /** `called`: to what a node called. `found`: taken without a declaration. */
  readonly kind: 'always' | 'conditional' | 'called' | 'found';
  /** Id of the innermost subgraph around both ends. */
  readonly block?: string | undefined;
}

/** What is to be drawn, as data. Subgraphs stand before those inside of them. */
export interface DiagramModel {
  readonly nodes: readonly ModelNode[];
  readonly blocks: readonly ModelBlock[];
  readonly edges: readonly ModelEdge[];
}

/** The edges of a graph, to tell those that a run has taken without any declaration. */
export interface Declared {
  /** Whether both nodes are drawn, and no edge from the one to the other. */
  lacks(source: string, target: string): boolean;
}

const SKIPPED = /^\s*(%%|classDef |graph |flowchart |$)/;
const SUBGRAPH = /^\s*subgraph ([\w-]+)(?:\s*\[(.*)\])?$/su;
const BLOCK_END = /^\s*end;?$/;
const NODE = /^\s*([\w-]+)(?:\(\[|\(|\[)(.*?)(?:\]\)|\)|\])(?::::\w+)?;?$/su;
const EDGE = /^\s*([\w-]+) (-->|-\.->) ([\w-]+);?$/;
const LABELLED_EDGE = /^\s*([\w-]+) (--|-\.) (.*) (?:-->|\.->) ([\w-]+);?$/su;
const NAME_ONLY = /^\s*([\w-]+);?$/;

/** Reads the engine's Mermaid text. @returns `undefined` if the text has another form. */
export function readModel(source: DiagramSource): DiagramModel | undefined {
  // Metadata is the one thing that goes over several lines.
  const lines = source.mermaid
    .replaceAll(/<em>[^<]*<\/em>/g, (em) => em.replaceAll('\n', '<br/>'))
    .split('\n')
    .filter((line) => !SKIPPED.test(line));
  const reader = new Reader(source.nodes);
  return lines.every((line) => reader.read(line)) ? reader.model(source) : undefined;
}

class Reader {
  readonly #given: ReadonlyMap<string, DiagramNode>;
  readonly #nodes = new Map<string, ModelNode>();
  readonly #blocks: ModelBlock[] = [];
  readonly #edges: ModelEdge[] = [];
  /** The blocks around the present line. */
  readonly #path: ModelBlock[] = [];

  constructor(nodes: readonly DiagramNode[]) {
    this.#given = new Map(nodes.map((node) => [node.mermaidId, node]));
  }

  /** @returns False for a line that the engine does not write. */
  read(line: string): boolean {
    if (BLOCK_END.test(line)) return this.#path.pop() !== undefined;
    const [subgraph, block, title] = SUBGRAPH.exec(line) ?? [];
    if (subgraph !== undefined) return this.#block(block ?? '', title);
    const [node, id, label] = NODE.exec(line) ?? [];
    if (node !== undefined) return this.#node(id ?? '', label ?? '');
    const [edge, from, arrow, to] = EDGE.exec(line) ?? [];
    if (edge !== undefined) return this.#edge(from, to, arrow === '-.->');
    const [labelled, source, start, text, target] = LABELLED_EDGE.exec(line) ?? [];
    if (labelled !== undefined) {
      const words = plainText(text ?? '').replaceAll(/\s+/g, ' ');
      return this.#edge(source, target, start === '-.', words.trim() || undefined);
    }
    return NAME_ONLY.test(line);
  }

  model({ nodes, called = [], found = [] }: DiagramSource): DiagramModel {
    const blockIds = new Set(this.#blocks.map(({ id }) => id));
    const inBlock = (node: ModelNode): ModelNode => {
      const parentId = parentOfNode(node.id, node.name);
      return blockIds.has(parentId) ? { ...node, block: parentId } : node;
    };
    // The text of a node may be missing where it is drawn by its edges alone.
    const rest = nodes.filter(({ mermaidId }) => !this.#nodes.has(mermaidId));
    const placed = [
      ...[...this.#nodes.values()].map(inBlock),
      ...rest.map(({ id, name, joins = [] }) => inBlock({ ...plainNode(id, name), joins })),
    ];
    const whole = addCalled({ nodes: placed, blocks: this.#blocks, edges: this.#edges }, called);
    return addFound(whole, found);
  }

  #idOf(mermaidId = ''): string {
    return this.#given.get(mermaidId)?.id ?? mermaidId;
  }

  #block(mermaidId: string, title: string | undefined): boolean {
    const name = title === undefined ? mermaidId : plainText(title);
    const parentId = this.#path.at(-1)?.id;
    const block = { id: nodeIdInside(parentId, name), name, block: parentId };
    this.#path.push(block);
    this.#blocks.push(block);
    return true;
  }

  #node(mermaidId: string, label: string): boolean {
    const [first = '', ...facts] = plainText(label).split('\n');
    const given = this.#given.get(mermaidId);
    const name = given?.name ?? first;
    this.#nodes.set(mermaidId, {
      ...plainNode(this.#idOf(mermaidId), name),
      facts,
      isDeferred: facts.some((fact) => /^defer\b/.test(fact)),
      joins: given?.joins ?? [],
    });
    return true;
  }

  #edge(from = '', to = '', isConditional = false, label?: string): boolean {
    this.#edges.push({
      source: this.#idOf(from),
      target: this.#idOf(to),
      kind: isConditional ? 'conditional' : 'always',
      label,
      block: this.#path.at(-1)?.id,
    });
    return true;
  }
}

function plainNode(id: string, name: string): ModelNode {
  const kind = name === '__start__' ? 'start' : name === '__end__' ? 'end' : 'node';
  return { id, name, kind, facts: [], isDeferred: false, joins: [] };
}

/** Nodes that code called follow their callers, in the subgraphs of those. */
function addCalled(model: DiagramModel, called: readonly CalledNode[]): DiagramModel {
  const byParent = Map.groupBy(called, ({ parent }) => parent);
  const edges: ModelEdge[] = [];
  const withCalled = (node: ModelNode): ModelNode[] => [
    node,
    ...(byParent.get(node.id) ?? []).flatMap(({ id, name }) => {
      const { block } = node;
      edges.push({ source: node.id, target: id, kind: 'called', block });
      return withCalled({ ...plainNode(id, name), kind: 'called', block });
    }),
  ];
  const nodes = model.nodes.flatMap(withCalled);
  return { ...model, nodes, edges: [...model.edges, ...edges] };
}

function addFound(model: DiagramModel, found: readonly FoundEdge[]): DiagramModel {
  if (found.length === 0) return model;
  const blockOf = new Map(model.nodes.map(({ id, block }) => [id, block]));
  const declared = declaredBy(model);
  const edges = found
    .filter(({ source, target }) => declared.lacks(source, target))
    .map((edge): ModelEdge => ({ ...edge, kind: 'found', block: blockOf.get(edge.source) }));
  return { ...model, edges: [...model.edges, ...edges] };
}

/** What a model tells of edges. */
export function declaredBy({ nodes, edges }: DiagramModel): Declared {
  // START leads where a run began, which no declaration needs to tell.
  const known = new Set(nodes.filter(({ kind }) => kind !== 'start').map(({ id }) => id));
  const named = new Set(nodes.map(({ id }) => id));
  const keyOf = (source: string, target: string) => JSON.stringify([source, target]);
  const declared = new Set(edges.map(({ source, target }) => keyOf(source, target)));
  return {
    lacks: (source, target) =>
      known.has(source) && named.has(target) && !declared.has(keyOf(source, target)),
  };
}

/** A label as its reader sees it: without the tags and entities that the engine writes. */
function plainText(label: string): string {
  return label
    .replace(/^"(.*)"$/su, '$1')
    .replaceAll(/<(?:br|hr)\s*\/?>/g, '\n')
    .replaceAll(/<\/?(?:p|small|em)>/g, '')
    .replaceAll('&nbsp;', ' ')
    .replaceAll(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}

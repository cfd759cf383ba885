/** A place in a source file. Lines and columns are 1-based; columns count UTF-16 units. */
export interface SourceRange {
  readonly line1: number;
  readonly column1: number;
  readonly endLine1: number;
  readonly endColumn1: number;
}

/** A node as far as the source text tells: `addNode` with a literal name. */
export interface StaticNode {
  readonly name: string;
  /** Where its name stands. */
  readonly range: SourceRange;
  /** From its name to the end of what it does; absent where its name stands alone. */
  readonly definition?: SourceRange;
  /** Name of the local graph (variable) that is this node, for a subgraph. */
  readonly subgraph?: string;
  /** Its options say `defer: true`. */
  readonly defer?: true;
  /** The nodes that it waits for all of, by each `addEdge` with a list of them; edges tell of them, too. */
  readonly joins?: readonly (readonly string[])[];
}

/** An edge as far as the source text tells; `__start__` and `__end__` for START and END. */
export interface StaticEdge {
  readonly source: string;
  readonly target: string;
  readonly conditional: boolean;
  /** Of a router's result that leads here, where it is not the target's name. */
  readonly label?: string;
}

/** What the text says of one key of a graph's input: `Annotation<string>()`. */
export interface StaticField {
  readonly type: string;
  /**
   * Its type has no `undefined`, and it is a key of the input's own schema, or one that functions of
   * the file read and none of them writes. Defaults are not looked at.
   */
  readonly required: boolean;
}

/** A graph definition found by reading, never by running, a source file. */
export interface StaticGraph {
  /** Name under which the compiled graph is exported (`default` for a default export). */
  readonly exportName?: string;
  /** What is exported is a function that makes it. */
  readonly isFactory?: true;
  /** It is made in a function: to export its variable is impossible. */
  readonly isInFunction?: true;
  /** Name of the variable that holds it, or the export's name. */
  readonly localName: string;
  readonly kind: 'graph' | 'entrypoint';
  /** `compile({ name })`, where it is a literal. */
  readonly name?: string;
  /**
   * Where lenses belong: the statement that starts the definition (the `new StateGraph`), or that
   * calls the function which has it.
   */
  readonly range: SourceRange;
  readonly nodes: readonly StaticNode[];
  readonly edges: readonly StaticEdge[];
  /** By key; those whose type the text does not tell are not among them. */
  readonly inputFields?: ReadonlyMap<string, StaticField>;
  /** False for a builder that is exported, or left, without `compile()`. */
  readonly compiled: boolean;
}

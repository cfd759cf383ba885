/** What the choice depends on. */
interface Choosable {
  readonly exportName: string;
  /** Present if the file exports it without `compile()`. */
  readonly hint?: unknown;
}

/** The graph that is meant, if that is clear, and the names of all others. */
export interface ChosenGraph<G> {
  readonly graph: G | undefined;
  readonly others: readonly string[];
}

/**
 * The graph of that export. Without a name: the only one, else the one that is exported as `graph` or as
 * the default, else the only one that the file itself has compiled.
 */
export function chooseGraph<G extends Choosable>(
  graphs: readonly G[],
  exportName: string | undefined,
): ChosenGraph<G> {
  const named = (name: string) => graphs.find((graph) => graph.exportName === name);
  const graph =
    exportName === undefined
      ? (onlyOne(graphs) ??
        named('graph') ??
        named('default') ??
        onlyOne(graphs.filter(({ hint }) => hint === undefined)))
      : named(exportName);
  const others = graphs.filter((each) => each !== graph).map((each) => each.exportName);
  return { graph, others };
}

/** What is said of a choice that nobody made: which graph it is, and which others there are. */
export function tellChoice(
  { exportName }: { readonly exportName: string },
  others: readonly string[],
): string {
  return `This is the graph "${exportName}". The file exports others, too: ${others.join(', ')} (--graph NAME)`;
}

function onlyOne<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}

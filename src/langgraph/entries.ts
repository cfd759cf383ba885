const LANGGRAPH = '@langchain/langgraph';

/** The modules of this folder by the import of LangGraph.js that they stand for. */
const ENTRIES: Readonly<Record<string, string>> = {
  [LANGGRAPH]: 'index',
  [`${LANGGRAPH}/web`]: 'index',
  [`${LANGGRAPH}/prebuilt`]: 'prebuilt',
  [`${LANGGRAPH}/pregel`]: 'pregel',
  [`${LANGGRAPH}/channels`]: 'channels',
  [`${LANGGRAPH}/stream`]: 'stream',
  [`${LANGGRAPH}/zod`]: 'zod',
  [`${LANGGRAPH}/zod/schema`]: 'zodSchema',
  '@langchain/langgraph-checkpoint': 'checkpoint',
};

/** Whether an import means LangGraph.js, whose place Superstep takes; its savers and its SDK do not. */
export function isLangGraph(specifier: string): boolean {
  return /^@langchain\/langgraph(?:-checkpoint)?(?:$|\/)/.test(specifier);
}

/**
 * The module of LangGraph.js that takes the place of one of ours, where that is to run a file; `undefined` for
 * what has none there: models, savers and tests stay ours.
 */
export function langGraphFor(specifier: string): string | undefined {
  if (specifier === 'superstep') return LANGGRAPH;
  return specifier === 'superstep/prebuilt' ? `${LANGGRAPH}/prebuilt` : undefined;
}

/**
 * The URLs under which everything in a run finds Superstep when it asks for LangGraph.js.
 * @param urlOf Tells where a module of this folder lies.
 */
export function langGraphUrls(urlOf: (name: string) => string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(ENTRIES).map(([specifier, name]) => [specifier, urlOf(name)]),
  );
}

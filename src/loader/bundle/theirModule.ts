import type { ResolveHookSync } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { langGraphFor } from '../../langgraph/entries.ts';
import type { Bundle } from './bundle.ts';

/** The URL of the module that stands for `superstep` where LangGraph.js runs a file. */
export const THEIR_MODULE = 'superstep:langgraph';

/** What Superstep has beside LangGraph.js and that packages of its have, or that is no part of an engine. */
const MESSAGES =
  'AIMessage, AIMessageChunk, BaseMessage, HumanMessage, RemoveMessage, SystemMessage, ToolMessage';
const REDUCERS = 'append, merge, sum, union, withBulk';

/** The text of that module. */
export function theirModule({ shipped }: Bundle): string {
  return [
    `export * from '${langGraphFor('superstep')}';`,
    `export { ${MESSAGES} } from '@langchain/core/messages';`,
    "export { InMemoryCache } from '@langchain/langgraph-checkpoint';",
    `export { ${REDUCERS} } from ${JSON.stringify(shipped['superstep'])};`,
  ].join('\n');
}

/** Where its imports lead: LangGraph.js as the graph file finds it, the other packages as that finds them. */
export function resolveInTheirModule(
  { file }: Bundle,
  ...[specifier, context, next]: Parameters<ResolveHookSync>
): ReturnType<ResolveHookSync> {
  const theirs = { ...context, parentURL: pathToFileURL(file).href };
  const entry = langGraphFor('superstep')!;
  if (specifier === entry) return next(specifier, theirs);
  if (specifier.startsWith('file:')) return { url: specifier, shortCircuit: true };
  return next(specifier, { ...context, parentURL: `${dirname(next(entry, theirs).url)}/` });
}

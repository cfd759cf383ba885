import type { ServerInfo } from '../model/node.ts';

/** A config, as far as it is looked at. */
interface Given {
  readonly configurable?: Readonly<Record<string, unknown>> | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** What a server of LangGraph says of itself in the config of a call; `undefined` if none does. */
export function serverInfoOf({ configurable, metadata }: Given): ServerInfo | undefined {
  const assistantId = configurable?.['assistant_id'] ?? metadata?.['assistant_id'];
  const graphId = configurable?.['graph_id'] ?? metadata?.['graph_id'];
  const given = configurable?.['langgraph_auth_user'] as ServerInfo['user'] | null;
  const user =
    typeof given === 'object' && given !== null && 'identity' in given ? given : undefined;
  if (assistantId == null && graphId == null && user === undefined) return undefined;
  return { assistantId: text(assistantId), graphId: text(graphId), user };
}

function text(id: unknown): string {
  return typeof id === 'string' || typeof id === 'number' ? String(id) : '';
}

/** What savers that are written for LangGraph.js turn values into bytes with. */
export { TypedSerializer as JsonPlusSerializer } from '../engine/checkpoint/typedSerializer.ts';

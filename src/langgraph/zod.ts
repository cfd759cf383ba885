/** Stands for `@langchain/langgraph/zod`. */
import {
  MessagesZodMeta,
  MessagesZodState,
  SchemaMetaRegistry,
  registry,
  withLangGraph,
} from '../engine/index.ts';
import { forRequire } from './lacking.ts';
import { addZodMethods } from './zodMethods.ts';

const exports = {
  MessagesZodMeta,
  MessagesZodState,
  SchemaMetaRegistry,
  LanggraphZodMetaRegistry: SchemaMetaRegistry,
  registry,
  schemaMetaRegistry: registry,
  withLangGraph,
};
const required = forRequire(exports, '@langchain/langgraph/zod');

export type { SchemaMeta, UpdateType } from '../engine/index.ts';
export {
  addZodMethods,
  MessagesZodMeta,
  MessagesZodState,
  SchemaMetaRegistry,
  SchemaMetaRegistry as LanggraphZodMetaRegistry,
  registry,
  registry as schemaMetaRegistry,
  withLangGraph,
  required as 'module.exports',
};

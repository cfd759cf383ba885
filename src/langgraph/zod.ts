/** Stands for `@langchain/langgraph/zod`. */
import {
  MessagesZodMeta,
  MessagesZodState,
  SchemaMetaRegistry,
  registry,
  withLangGraph,
} from '../engine/index.ts';
import { forRequire } from './lacking.ts';

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

export {
  MessagesZodMeta,
  MessagesZodState,
  SchemaMetaRegistry,
  SchemaMetaRegistry as LanggraphZodMetaRegistry,
  registry,
  registry as schemaMetaRegistry,
  withLangGraph,
  required as 'module.exports',
};

/** Stands for `@langchain/langgraph/zod/schema`, of which nothing is here: every name is an error that says so. */
import { forRequire } from './lacking.ts';

const required = forRequire({}, '@langchain/langgraph/zod/schema');
export { required as 'module.exports' };

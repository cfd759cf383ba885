/** Stands for `@langchain/langgraph/pregel`, of which nothing is here: every name is an error that says so. */
import { forRequire } from './lacking.ts';

const required = forRequire({}, '@langchain/langgraph/pregel');
export { required as 'module.exports' };

/** Stands for `@langchain/langgraph/channels`, of which nothing is here: every name is an error that says so. */
import { forRequire } from './lacking.ts';

const required = forRequire({}, '@langchain/langgraph/channels');
export { required as 'module.exports' };

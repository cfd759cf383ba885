/** Stands for `@langchain/langgraph/prebuilt`. */
import * as prebuilt from '../prebuilt/index.ts';
import { forRequire } from './lacking.ts';

export * from '../prebuilt/index.ts';

const required = forRequire({ ...prebuilt }, '@langchain/langgraph/prebuilt');
export { required as 'module.exports' };

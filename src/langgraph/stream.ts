/** Stands for `@langchain/langgraph/stream`. */
import { forRequire } from './lacking.ts';
import { StreamChannel } from './others.ts';

export { StreamChannel };

const required = forRequire({ StreamChannel }, '@langchain/langgraph/stream');
export { required as 'module.exports' };

/** Stands for `@langchain/langgraph/pregel`, of which only types are here: every other name is an error that says so. */
import { forRequire } from './lacking.ts';

export type { Pregel, PregelOptions } from '../engine/index.ts';

/** What a graph is given; {@link Pregel} has it in its types. */
export type PregelInputType = any;
/** What a graph returns; {@link Pregel} has it in its types. */
export type PregelOutputType = any;

const required = forRequire({}, '@langchain/langgraph/pregel');
export { required as 'module.exports' };

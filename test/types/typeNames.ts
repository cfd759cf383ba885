// The names that programs for LangGraph.js use in their types. Compiled, never run.
import {
  Annotation,
  type CheckpointMetadata,
  type CheckpointTuple,
  type CompiledGraph,
  type CompiledGraphType,
  type GetOperation,
  type GraphNodeReturnValue,
  type InferInterruptInputType,
  type InferInterruptResumeType,
  type InferWriterType,
  type Item,
  type NodeType,
  type OperationResults,
  type PutOperation,
  START,
  type SearchItem,
  type SearchOperation,
  StateGraph,
  type StateGraphArgs,
  type StateGraphInit,
  type StateType,
  type UpdateType,
  interrupt,
  writer,
} from '../../src/engine/index.ts';
import { assertType, type Equal } from './support.ts';

const State = Annotation.Root({
  topic: Annotation<string>(),
  lines: Annotation<string[], string>({ reducer: (a, b) => [...a, b], default: () => [] }),
});
assertType<Equal<StateType<typeof State.spec>, { topic: string; lines: string[] }>>();
const update: UpdateType<typeof State.spec> = { lines: 'one' };
// @ts-expect-error: a number is no topic
const wrong: UpdateType<typeof State.spec> = { topic: 1 };

const older: StateGraphArgs<{ topic: string; lines: string[] }> = {
  channels: { topic: null, lines: { value: (a: string[], b: string[]) => a.concat(b) } },
};

const graph = new StateGraph(State)
  .addNode('one', () => update)
  .addEdge(START, 'one')
  .compile();
const some: CompiledGraph[] = [graph];
const named: CompiledGraphType<{ state: { topic: string } }> = graph as CompiledGraph;
export { named, older, some, wrong };

// Parts of nodes and graphs that are declared apart from them.
const shout: NodeType<typeof State.spec> = ({ topic }) => ({ lines: topic.toUpperCase() });
function late(): GraphNodeReturnValue<UpdateType<typeof State.spec>, 'next'> {
  return Promise.resolve({ topic: 'late' });
}
const init: StateGraphInit<typeof State> = { state: State };
new StateGraph(State).addNode('shout', shout).addNode('late', late);
// @ts-expect-error: a line is a text
const numbers: NodeType<typeof State.spec> = () => ({ lines: 1 });
export { init, numbers };

// Questions and answers, and what is written on the way.
const ask = interrupt<{ question: string }, number>;
assertType<Equal<InferInterruptInputType<typeof ask>, { question: string }>>();
assertType<Equal<InferInterruptResumeType<typeof ask>, number>>();
const write = writer<{ done: number }>;
assertType<Equal<InferWriterType<typeof write>, { done: number }>>();

// What a store is asked at once.
type Several = [GetOperation, PutOperation, SearchOperation];
assertType<Equal<OperationResults<Several>, [Item | null, void, SearchItem[]]>>();

assertType<Equal<CheckpointMetadata | undefined, CheckpointTuple['metadata']>>();

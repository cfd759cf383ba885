// What a checkpointer is called with, and when: one that is kept in memory, and tells of each call.

import {
  Annotation,
  END,
  MemorySaver,
  START,
  StateGraph,
  sum,
  type Checkpoint,
  type ThreadAddress,
} from 'superstep';

class TalkingSaver extends MemorySaver {
  override put(thread: ThreadAddress, checkpoint: Checkpoint) {
    console.log(`put: ran ${checkpoint.ran.join(', ') || 'nothing'}`, checkpoint.values);
    return super.put(thread, checkpoint);
  }
}

const State = Annotation.Root({ n: Annotation<number>({ reducer: sum, default: () => 0 }) });

export const graph = new StateGraph(State)
  .addNode('one', () => ({ n: 1 }))
  .addNode('two', () => ({ n: 2 }))
  .addEdge(START, 'one')
  .addEdge('one', 'two')
  .addEdge('two', END)
  .compile({ name: 'checkpointer', checkpointer: new TalkingSaver() })
  .withConfig({ configurable: { thread_id: '1' } });

export const input = { n: 10 };

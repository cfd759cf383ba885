import { SuperstepError, show } from '../errors.ts';
import { Command } from '../graph/command.ts';
import type { CompiledStateGraph } from '../graph/compiledGraph.ts';
import { GraphRun } from './graphRun.ts';
import { runLoop } from './loop.ts';
import { toResult } from './outcome.ts';
import type { TaskFrame } from './taskFrame.ts';

/**
 * Runs a compiled graph as a node: the keys it shares with the graph around it go in, its output
 * comes back as one update. Its supersteps are its own; its failure fails the task.
 */
export async function runSubgraph(
  frame: TaskFrame,
  graph: CompiledStateGraph,
  input: unknown,
): Promise<unknown> {
  if (typeof input !== 'object' || input === null) {
    throw new SuperstepError(
      'INVALID_INPUT',
      `Cannot start subgraph "${frame.node.name}" with ${show(input)}: its input must be an object`,
      { nodes: [frame.node.name], value: input },
    );
  }
  const run = new GraphRun(graph.plan, frame.run.scope, frame);
  try {
    const ended = await runLoop(run, input as Record<string, unknown>);
    if (ended.parent.length === 0) return ended.output;
    return toParentOutcome(frame, ended.parent);
  } finally {
    run.release();
  }
}

/** What `Command.PARENT` asks for takes the place of the subgraph's own output. */
function toParentOutcome(frame: TaskFrame, commands: readonly Command[]): unknown {
  const here = commands.map(({ update, goto, resume }) => ({ update, goto, resume }));
  return toResult(
    frame.run.plan,
    frame.node.name,
    here.map((fields) => new Command(fields)),
  );
}

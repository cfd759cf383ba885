import { BUILDER, type BuilderMark } from '../../engine/model/graphHandle.ts';
import { importLangGraph } from '../../loader/bundle/evaluateBundle.ts';
import type { Bundle } from '../../loader/bundle/bundle.ts';
import { HostedGraph, type OurLibrary } from './hostedGraph.ts';
import {
  isTheirBuilder,
  isTheirGraph,
  type TheirBuilder,
  type TheirLibrary,
} from './theirLibrary.ts';

/**
 * Makes of graphs and builders of LangGraph.js what the runner takes for graphs of ours; of the same always
 * the same. Call it once the file is evaluated.
 */
export async function adopter(bundle: Bundle): Promise<(value: unknown) => unknown> {
  const theirs = (await importLangGraph()) as unknown as TheirLibrary;
  const ours = (await import(bundle.shipped['superstep']!)) as OurLibrary;
  const adopted = new WeakMap<object, object>();
  const adopt = (value: unknown): unknown => {
    if (!isTheirGraph(value) && !isTheirBuilder(value)) return value;
    const known = adopted.get(value);
    if (known) return known;
    const own = isTheirGraph(value)
      ? new HostedGraph(value, { theirs, ours })
      : marked(value, (graph) => adopt(graph) as object);
    adopted.set(value, own);
    return own;
  };
  return adopt;
}

/** A builder that can be compiled into a graph for the runner. */
function marked(builder: TheirBuilder, adopt: (graph: object) => object): object {
  const mark: BuilderMark = { isCompiled: () => builder.compiled };
  return { [BUILDER]: mark, compile: () => adopt(builder.compile()) };
}

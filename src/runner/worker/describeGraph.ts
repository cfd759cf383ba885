import type { InputField } from '../../engine/model/graphHandle.ts';
import type { Redactor } from '../redact.ts';
import type { GraphDescription, GraphInput } from '../runner.ts';
import { toPlain } from '../wire.ts';
import type { RunnableGraph } from './graphFile.ts';

/** What a host needs to know of a graph, as plain data. */
export function describeGraph(
  runnable: RunnableGraph,
  { xray, redactor }: { readonly xray: boolean | number; readonly redactor: Redactor },
): GraphDescription {
  const { graph, hasInput, input } = runnable;
  const drawing = graph.getGraph({ xray });
  const mermaidIds = drawing.mermaidIds();
  return {
    ...describeInput(runnable, redactor),
    ...(runnable.hint && { hint: runnable.hint }),
    name: graph.name,
    mermaid: drawing.drawMermaid(),
    nodes: Object.values(drawing.nodes).map(({ id, name, joins }) => ({
      id,
      name,
      mermaidId: mermaidIds[id] ?? id,
      ...(joins && { joins }),
    })),
    hasInput,
    ...(hasInput && { input: toPlain(input, { redactor }) }),
  };
}

/** What the graph takes, as plain data; as its input, unless other fields are meant. */
export function describeInput(
  { exportName, handle }: Pick<RunnableGraph, 'exportName' | 'handle'>,
  redactor: Redactor,
  fields: readonly InputField[] = handle.inputFields(),
): GraphInput {
  return {
    exportName,
    kind: handle.kind,
    inputFields: fields.map((field) => ({
      ...field,
      ...('default' in field && { default: toPlain(field.default, { redactor }) }),
    })),
  };
}

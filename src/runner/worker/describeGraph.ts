import type { Redactor } from '../redact.ts';
import type { GraphDescription } from '../runner.ts';
import { toPlain } from '../wire.ts';
import type { RunnableGraph } from './graphFile.ts';

/** What a host needs to know of a graph, as plain data. */
export function describeGraph(
  { exportName, graph, handle, ...offered }: RunnableGraph,
  { xray, redactor }: { readonly xray: boolean | number; readonly redactor: Redactor },
): GraphDescription {
  const drawing = graph.getGraph({ xray });
  const mermaidIds = drawing.mermaidIds();
  return {
    exportName,
    name: graph.name,
    kind: handle.kind,
    mermaid: drawing.drawMermaid(),
    nodes: Object.values(drawing.nodes).map(({ id, name }) => ({
      id,
      name,
      mermaidId: mermaidIds[id] ?? id,
    })),
    hasInput: offered.hasInput,
    ...(offered.hasInput && { input: toPlain(offered.input, { redactor }) }),
    inputFields: handle.inputFields().map((field) => ({
      ...field,
      ...('default' in field && { default: toPlain(field.default, { redactor }) }),
    })),
  };
}

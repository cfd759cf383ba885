import type { InputField } from '../../engine/model/graphHandle.ts';
import { codeHash } from '../../loader/bundle/codeHash.ts';
import type { Redactor } from '../redact.ts';
import type { GraphDescription, GraphInput } from '../runner.ts';
import { toPlain } from '../wire.ts';
import type { RunnableGraph } from './graphFile.ts';

/** What a host needs to know of a graph, as plain data. */
export function describeGraph(
  runnable: RunnableGraph,
  { xray, redactor }: { readonly xray: boolean | number; readonly redactor: Redactor },
): GraphDescription {
  const { graph, handle, hasInput, input } = runnable;
  const texts = [...(handle.functionTexts?.() ?? [])];
  const fingerprint = handle.remote?.code();
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
    ...(fingerprint !== undefined && { fingerprint }),
    ...describeState(runnable, redactor),
    functions: texts.map(([id, own]) => [id, own.map(codeHash)]),
    hasInput,
    ...(hasInput && { input: toPlain(input, { redactor }) }),
  };
}

function describeState(
  runnable: RunnableGraph,
  redactor: Redactor,
): Pick<GraphDescription, 'stateFields' | 'schemas'> {
  const { handle } = runnable;
  const fields = handle.kind === 'graph' ? handle.updateFields?.() : undefined;
  if (!fields) return {};
  const { inputFields: stateFields } = describeInput(runnable, redactor, fields);
  const schemas = toPlain(handle.jsonSchemas?.() ?? {}, { redactor });
  return { stateFields, schemas: schemas as Record<string, unknown> };
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

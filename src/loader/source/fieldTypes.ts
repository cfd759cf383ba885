import type { InputField } from '../../engine/model/graphHandle.ts';
import { findGraphs } from './findGraphs.ts';

/** A key of a graph's input with all that is known of it. */
export interface KnownField extends InputField {
  /** The source text alone says that the key is required: the graph runs without it. */
  readonly isGuess?: true;
}

/**
 * Adds what the source text says where the running graph cannot tell: the types of
 * `Annotation<T>()`. Such a key is taken for a required one if nothing gives it a value: it has no
 * default, no `undefined` in its type, and, unless it is one of an input schema, no node writes it.
 * @param exportName Of the graph.
 */
export function withSourceTypes(
  fields: readonly InputField[],
  { source, file, exportName }: { source: string; file: string; exportName: string },
): readonly KnownField[] {
  if (!fields.some(isUnknown)) return fields;
  const { graphs } = findGraphs(source, file);
  const graph = graphs.find((one) => one.exportName === exportName);
  if (!graph) return fields;
  return fields.map((field) => {
    const read = isUnknown(field) ? graph.inputFields?.get(field.key) : undefined;
    if (!read) return field;
    const isRequired = read.required && !('default' in field);
    return { ...field, type: read.type, ...(isRequired && { required: true, isGuess: true }) };
  });
}

/** Whether the text may tell more of the key. */
export function isUnknown({ type, required }: InputField): boolean {
  return type === 'any' && !required;
}

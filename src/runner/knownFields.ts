import { readFile } from 'node:fs/promises';
import type { InputField } from '../engine/model/graphHandle.ts';
import type { KnownField } from '../loader/source/fieldTypes.ts';

/** A graph with the keys of its input as it tells of them itself. */
interface DescribedInput {
  readonly exportName: string;
  readonly inputFields: readonly InputField[];
  readonly stateFields?: readonly InputField[];
}

/**
 * Adds what the source text tells of the graphs' inputs. The text is read only where the graphs
 * leave something open.
 * @param contents Of the file; omitted: what is on disk.
 */
export async function withKnownFields<G extends DescribedInput>(
  graphs: readonly G[],
  { file, contents }: { readonly file: string; readonly contents?: string | undefined },
): Promise<(G & { readonly inputFields: readonly KnownField[] })[]> {
  const isOpen = graphs.some(({ inputFields, stateFields = [] }) =>
    [...inputFields, ...stateFields].some(({ type }) => type === 'any'),
  );
  const source = isOpen ? (contents ?? (await readFile(file, 'utf8').catch(() => ''))) : '';
  if (source === '') return [...graphs];
  // Brings the parser with it.
  const { withSourceTypes } = await import('../loader/source/fieldTypes.ts');
  return graphs.map((graph) => {
    const { inputFields, stateFields, exportName } = graph;
    const known = (fields: readonly InputField[]) =>
      withSourceTypes(fields, { source, file, exportName });
    return {
      ...graph,
      inputFields: known(inputFields),
      ...(stateFields && { stateFields: known(stateFields) }),
    };
  });
}

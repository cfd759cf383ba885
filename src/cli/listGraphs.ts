import { resolve } from 'node:path';
import { findGraphs } from '../loader/findGraphs.ts';
import { LoadError } from '../loader/loadError.ts';
import { readGraphFile } from '../loader/readGraphFile.ts';
import type { StaticGraph } from '../loader/staticGraph.ts';
import { alignColumns } from '../runner/report/alignColumns.ts';
import type { GraphDescription, Runner } from '../runner/runner.ts';
import type { ListCommand } from './command.ts';
import { formatProblems } from './formatProblems.ts';
import { readEnvironment } from './readEnvironment.ts';
import type { Terminal } from './terminal.ts';

/**
 * `superstep list`: a line for each graph, in the order of the text: place, exported name, the graph's
 * own name, number of nodes. Lines are found without running the file; if it cannot be loaded, what
 * the text tells is listed all the same.
 * @returns The exit code: 1 if the file cannot be loaded.
 * @throws {LoadError} if the file cannot be read.
 */
export async function listGraphs(
  { file }: ListCommand,
  { runner, terminal, signal }: { runner: Runner; terminal: Terminal; signal: AbortSignal },
): Promise<number> {
  const path = resolve(file);
  const source = await readGraphFile(path);
  const found = findGraphs(source, path).graphs;
  const env = await readEnvironment(path, terminal);
  const looking = runner.describe(path, { signal, xray: false, env });
  const loaded = await looking.catch((error: unknown) => {
    if (error instanceof LoadError) return error;
    throw error;
  });
  const described = loaded instanceof LoadError ? [] : loaded.graphs;
  const placed = new Set(found.map(({ exportName }) => exportName));
  const rows = [
    ...found.map((graph) => staticRow(graph, file, described)),
    // Defined in another file, and exported again by this one.
    ...described
      .filter(({ exportName }) => !placed.has(exportName))
      .map((graph) => [file, graph.exportName, ...facts(graph)]),
  ];
  terminal.print(alignColumns(rows, 'left'));
  if (!(loaded instanceof LoadError)) {
    terminal.note(formatProblems(loaded.hints ?? [], terminal.notePaint));
    return 0;
  }
  terminal.note(formatProblems(loaded.problems, terminal.notePaint));
  return 1;
}

function staticRow(
  graph: StaticGraph,
  file: string,
  described: readonly GraphDescription[],
): string[] {
  const place = `${file}:${graph.range.line1}`;
  const { exportName, localName, compiled } = graph;
  const known = described.find((description) => description.exportName === exportName);
  if (known && exportName !== undefined) return [place, exportName, ...facts(known)];
  if (!compiled) return [place, localName, 'not compiled', count(graph.nodes.length)];
  if (exportName === undefined)
    return [place, localName, 'not exported', count(graph.nodes.length)];
  return [place, exportName, graph.name ?? '', count(graph.nodes.length)];
}

function facts({ name, nodes }: GraphDescription): string[] {
  return [name, count(nodes.filter(({ id }) => id !== '__start__' && id !== '__end__').length)];
}

function count(nodes: number): string {
  return nodes === 1 ? '1 node' : `${nodes} nodes`;
}

import { resolve } from 'node:path';
import { findGraphs } from '../loader/source/findGraphs.ts';
import { LoadError } from '../loader/loadError.ts';
import type { Problem } from '../loader/problem.ts';
import { readGraphFile } from '../loader/source/readGraphFile.ts';
import type { StaticGraph } from '../loader/source/staticGraph.ts';
import { alignColumns } from '../runner/report/alignColumns.ts';
import type { GraphDescription, Runner } from '../runner/runner.ts';
import type { ListCommand } from './command.ts';
import { formatProblems } from './formatProblems.ts';
import { isProject, openProject, pathFrom } from './projectGraph.ts';
import { readEnvironment } from './readEnvironment.ts';
import type { Terminal } from './terminal.ts';

interface Context {
  readonly runner: Runner;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** A line: place, exported name, the graph's own name, number of nodes. */
interface Row {
  readonly exportName: string | undefined;
  readonly columns: readonly [place: string, name: string, ...facts: string[]];
}

/** The graphs of a file, and what is to be told of it. */
interface Listed {
  readonly rows: readonly Row[];
  readonly problems: readonly Problem[];
  readonly isBroken: boolean;
}

/**
 * `superstep list`: a line for each graph, in the order of the text: place, exported name, the graph's
 * own name, number of nodes. Lines are found without running the file; if it cannot be loaded, what
 * the text tells is listed all the same. Of a `langgraph.json` the graphs that it names, as it names them.
 * @returns The exit code: 1 if a file cannot be loaded, or the `langgraph.json` is wrong.
 * @throws {LoadError} if the file cannot be read.
 */
export async function listGraphs({ file }: ListCommand, context: Context): Promise<number> {
  const { terminal } = context;
  const { rows, problems, isBroken } = isProject(file)
    ? await listProject(file, context)
    : await listFile(file, context);
  terminal.print(
    alignColumns(
      rows.map(({ columns }) => [...columns]),
      'left',
    ),
  );
  terminal.note(formatProblems(problems, terminal.notePaint));
  return isBroken ? 1 : 0;
}

async function listProject(file: string, context: Context): Promise<Listed> {
  const project = await openProject(file);
  const files = new Map<string, Promise<Listed>>();
  const rows: Row[] = [];
  for (const graph of project.graphs) {
    const path = pathFrom(file, graph);
    let listing = files.get(path);
    if (listing === undefined) files.set(path, (listing = listFile(path, context)));
    const { exportName, name } = graph;
    const found = (await listing).rows.find((row) => row.exportName === exportName);
    const [place, , ...facts] = found?.columns ?? [path, name];
    rows.push({ exportName, columns: [place, name, ...facts] });
  }
  const listed = await Promise.all(files.values());
  return {
    rows,
    problems: [...project.problems, ...listed.flatMap(({ problems }) => problems)],
    isBroken:
      project.problems.some(({ severity }) => severity === 'error') ||
      listed.some(({ isBroken }) => isBroken),
  };
}

async function listFile(file: string, { runner, terminal, signal }: Context): Promise<Listed> {
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
      .map((graph): Row => ({
        exportName: graph.exportName,
        columns: [file, graph.exportName, ...facts(graph)],
      })),
  ];
  return loaded instanceof LoadError
    ? { rows, problems: loaded.problems, isBroken: true }
    : { rows, problems: loaded.hints ?? [], isBroken: false };
}

function staticRow(graph: StaticGraph, file: string, described: readonly GraphDescription[]): Row {
  const place = `${file}:${graph.range.line1}`;
  const { exportName, localName, compiled } = graph;
  const known = described.find((description) => description.exportName === exportName);
  if (known && exportName !== undefined) {
    return { exportName, columns: [place, exportName, ...facts(known)] };
  }
  const nodes = count(graph.nodes.length);
  if (!compiled) return { exportName, columns: [place, localName, 'not compiled', nodes] };
  if (exportName === undefined) {
    return { exportName, columns: [place, localName, 'not exported', nodes] };
  }
  return { exportName, columns: [place, exportName, graph.name ?? '', nodes] };
}

function facts({ name, nodes }: GraphDescription): string[] {
  return [name, count(nodes.filter(({ id }) => id !== '__start__' && id !== '__end__').length)];
}

function count(nodes: number): string {
  return nodes === 1 ? '1 node' : `${nodes} nodes`;
}

import { basename, dirname, join, resolve } from 'node:path';
import {
  LANGGRAPH_JSON,
  readProject,
  type NamedGraph,
  type Project,
} from '../loader/langGraphJson.ts';
import { LoadError } from '../loader/loadError.ts';
import { UsageError } from './usageError.ts';
import type {
  DrawCommand,
  HistoryCommand,
  ParityCommand,
  RunCommand,
  StateCommand,
  ThreadsCommand,
} from './command.ts';

/** Commands that are about a graph. */
type OfGraph =
  RunCommand | DrawCommand | ThreadsCommand | StateCommand | HistoryCommand | ParityCommand;

/** Whether a path is that of a project's `langgraph.json`. */
export function isProject(file: string): boolean {
  return basename(file) === LANGGRAPH_JSON;
}

/**
 * The project of a `langgraph.json`.
 * @throws {LoadError} where it names no graph that can be found, with all that is wrong with it.
 */
export async function openProject(file: string): Promise<Project> {
  const project = await readProject(resolve(file));
  if (project.graphs.length === 0 && project.problems.length > 0) {
    throw new LoadError(project.problems);
  }
  return project;
}

/** The path of a graph's file, seen from where its project was named. */
export function pathFrom(file: string, { path }: NamedGraph): string {
  return join(dirname(file), path);
}

/**
 * A command about a graph of a project becomes one about the file that holds it.
 * @throws {UsageError} if it does not say which one, or names none.
 * @throws {LoadError} if the project is wrong.
 */
export async function inProject<C extends OfGraph>(command: C): Promise<C> {
  const { file, graph: wanted } = command;
  if (!isProject(file)) return command;
  const { graphs, problems } = await openProject(file);
  const names = graphs.map(({ name }) => name).join(', ');
  const found =
    wanted === undefined && graphs.length === 1
      ? graphs[0]
      : graphs.find(({ name }) => name === wanted);
  if (found) return { ...command, file: pathFrom(file, found), graph: found.exportName };
  if (wanted === undefined) {
    throw new UsageError(`${file} names several graphs: ${names}; choose one, --graph NAME`);
  }
  const broken = problems.filter(({ message }) => message.includes(`"${wanted}"`));
  if (broken.length > 0) throw new LoadError(broken);
  throw new UsageError(`${file} names no graph "${wanted}": it names ${names}`);
}

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Problem } from './problem.ts';
import type { SourceRange } from './source/staticGraph.ts';

/** The file in which a project for LangGraph's server names its graphs. */
export const LANGGRAPH_JSON = 'langgraph.json';

/** A graph that a project names. */
export interface NamedGraph {
  readonly name: string;
  /** As it stands there, such as `./src/agent.ts`. */
  readonly path: string;
  /** Absolute. */
  readonly file: string;
  readonly exportName: string;
  /** Where the file is named. */
  readonly range: SourceRange;
}

/** What a `langgraph.json` says, as far as it matters here. */
export interface Project {
  /** Its absolute path. */
  readonly file: string;
  readonly graphs: readonly NamedGraph[];
  /** The absolute path of a file of variables, or the variables themselves. */
  readonly env: string | Readonly<Record<string, string>> | undefined;
  /** What is wrong with it; a graph that cannot be found is not among the graphs. */
  readonly problems: readonly Problem[];
}

/** Reads a `langgraph.json`; all that is wrong with it is among its problems. */
export async function readProject(file: string): Promise<Project> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { message } = error as Error;
    return {
      file,
      graphs: [],
      env: undefined,
      problems: [problemAt(file, `cannot be read: ${message}`)],
    };
  }
  return checkProject(parseProject(text, file));
}

/**
 * The project that names a file: that of the nearest folder around it which has one, if it does.
 * Nothing above a folder with a `.git` is looked at.
 */
export async function projectOf(file: string): Promise<Project | undefined> {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const path = join(folder, LANGGRAPH_JSON);
    if (existsSync(path)) {
      const project = parseProject(await readFile(path, 'utf8').catch(() => '{}'), path);
      return project.graphs.some((graph) => graph.file === file) ? project : undefined;
    }
    if (existsSync(join(folder, '.git')) || dirname(folder) === folder) return undefined;
  }
}

/** What the text says; whether the files are there is not looked at. */
export function parseProject(text: string, file: string): Project {
  const problems: Problem[] = [];
  const nothing = { file, graphs: [], env: undefined, problems };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    const at = /position (\d+)/.exec(message)?.[1];
    const range = at === undefined ? undefined : rangeAt(text, Number(at), 1);
    problems.push(problemAt(file, `is no JSON: ${message}`, range));
    return nothing;
  }
  const { graphs, env, store } = isRecord(json) ? json : {};
  if (!isRecord(graphs)) {
    problems.push(problemAt(file, `has no "graphs", such as { "agent": "./src/agent.ts:graph" }`));
    return nothing;
  }
  const found: NamedGraph[] = [];
  for (const [name, value] of Object.entries(graphs)) {
    const place: unknown = isRecord(value) ? value['path'] : value;
    const range = placeOf(text, name, place);
    const [, path, exportName] =
      typeof place === 'string'
        ? (/^(.+):([\p{ID_Start}$_][\p{ID_Continue}$]*)$/u.exec(place) ?? [])
        : [];
    if (path === undefined || exportName === undefined) {
      const what = JSON.stringify(place) ?? 'nothing';
      problems.push(
        problemAt(
          file,
          `gives "${name}" as ${what}: it must be FILE:EXPORT, such as "./src/agent.ts:graph"`,
          range,
        ),
      );
    } else if (!/\.(?:[cm]?[jt]s|[jt]sx)$/.test(path)) {
      problems.push(
        problemAt(
          file,
          `gives "${name}" in "${path}", which is neither TypeScript nor JavaScript`,
          range,
        ),
      );
    } else found.push({ name, path, file: resolve(dirname(file), path), exportName, range });
  }
  if (store != null) problems.push(noStore(text, file));
  return { file, graphs: found, env: readEnv(env, file, problems), problems };
}

/** A server makes a store of its own and gives it to the graphs; here nobody does. */
function noStore(text: string, file: string): Problem {
  const key = '"store"';
  const what =
    `has a "store", which its graphs are not given here: pass one to them, compile({ store: new InMemoryStore() }); ` +
    `items are found by their fields, not by meaning ("index")`;
  const range = rangeAt(text, Math.max(0, text.indexOf(key)), key.length);
  return { ...problemAt(file, what, range), severity: 'warning' };
}

function readEnv(env: unknown, file: string, problems: Problem[]): Project['env'] {
  if (env === undefined || env === null) return undefined;
  if (typeof env === 'string') return resolve(dirname(file), env);
  if (isRecord(env)) {
    return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]));
  }
  problems.push(
    problemAt(file, `gives "env" as ${JSON.stringify(env)}: it must be a path or variables`),
  );
  return undefined;
}

/** Looks for the files that a project names, and for the exports in their texts. */
async function checkProject(project: Project): Promise<Project> {
  const { file, env } = project;
  const problems = [...project.problems];
  if (typeof env === 'string' && !existsSync(env)) {
    const message = `names "${env}" for its variables, which does not exist`;
    problems.push({ ...problemAt(file, message), severity: 'warning' });
  }
  const graphs = await Promise.all(
    project.graphs.map(async (graph) => {
      const problem = await whatIsMissing(graph);
      if (problem === undefined) return graph;
      problems.push(problemAt(file, problem, graph.range));
      return undefined;
    }),
  );
  return { ...project, graphs: graphs.filter((graph) => graph !== undefined), problems };
}

async function whatIsMissing({
  name,
  path,
  file,
  exportName,
}: NamedGraph): Promise<string | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT' || code === 'ENOTDIR' ? 'does not exist' : `cannot be read: ${message}`;
    return `gives "${name}" in "${path}", which ${why}`;
  }
  const word = new RegExp(`(?<![\\w$])${exportName.replaceAll('$', '\\$')}(?![\\w$])`);
  // What the file passes on from others is known when it is loaded.
  if (word.test(text) || /\bexport\s*\*|\bmodule\.exports\b/.test(text)) return undefined;
  return `gives "${name}" as the export "${exportName}" of "${path}", which has no such name`;
}

function problemAt(file: string, what: string, range?: SourceRange): Problem {
  return {
    severity: 'error',
    code: 'INVALID_LANGGRAPH_JSON',
    message: `${LANGGRAPH_JSON} ${what}`,
    file,
    ...(range && { range }),
  };
}

/** Where a graph's place stands behind its name, else the name. */
function placeOf(text: string, name: string, place: unknown): SourceRange {
  const start = Math.max(0, text.search(/"graphs"\s*:/));
  const key = JSON.stringify(name);
  const at = Math.max(0, text.indexOf(key, start));
  const value = typeof place === 'string' ? JSON.stringify(place) : key;
  const valueAt = text.indexOf(value, at);
  return valueAt < 0 ? rangeAt(text, at, key.length) : rangeAt(text, valueAt, value.length);
}

function rangeAt(text: string, index: number, length: number): SourceRange {
  const before = text.slice(0, index).split('\n');
  const [line1, column1] = [before.length, before.at(-1)!.length + 1];
  return { line1, column1, endLine1: line1, endColumn1: column1 + length };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LoadError } from '../loadError.ts';

const LANGGRAPH = '@langchain/langgraph';
const INSTALL = `npm install ${LANGGRAPH} @langchain/core`;

/** The major version that Superstep is measured by. */
const MAJOR = 1;

/**
 * The version of the LangGraph.js that a graph file would import.
 * @param file Absolute path of the graph file.
 * @throws {LoadError} IMPORT_NOT_FOUND if there is none, or one of another major version.
 */
export async function findLangGraph(file: string): Promise<string> {
  const version = await installedVersion(file);
  const major = version === undefined ? undefined : Number.parseInt(version, 10);
  if (version !== undefined && major === MAJOR) return version;
  const message =
    version === undefined
      ? `LangGraph.js is to run ${basename(file)}, and is not installed where that would find it: ${INSTALL}`
      : `LangGraph.js is to run ${basename(file)}, and is installed there as ${version}; it has to be version ${MAJOR}: ${INSTALL}`;
  throw new LoadError([{ severity: 'error', code: 'IMPORT_NOT_FOUND', message, file }]);
}

async function installedVersion(file: string): Promise<string | undefined> {
  try {
    const path = findPackageJSON(LANGGRAPH, pathToFileURL(file));
    if (path === undefined) return undefined;
    const { version } = JSON.parse(await readFile(path, 'utf8')) as { version?: string };
    return version ?? 'an unknown version';
  } catch {
    return undefined;
  }
}

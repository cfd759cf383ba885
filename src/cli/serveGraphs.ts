import { resolve } from 'node:path';
import { LoadError } from '../loader/loadError.ts';
import { RestateClient } from '../restate/index.ts';
import { describeError } from '../runner/describeError.ts';
import type { GraphServer, ServedWorker } from '../runner/restate/serveOptions.ts';
import type { ServeCommand } from './command.ts';
import { exitCodes } from './exitCodes.ts';
import { formatProblems } from './formatProblems.ts';
import { offlineModels } from './offlineModels.ts';
import { isProject, openProject } from './projectGraph.ts';
import { readEnvironment } from './readEnvironment.ts';
import type { Terminal } from './terminal.ts';

/**
 * `superstep serve`: a worker of a Restate server, until the signal is aborted.
 * @returns The exit code.
 * @throws {LoadError} if a file cannot be loaded, or the worker cannot listen.
 */
export async function serveGraphs(
  command: ServeCommand,
  {
    runner,
    terminal,
    signal,
  }: {
    readonly runner: GraphServer;
    readonly terminal: Terminal;
    readonly signal: AbortSignal;
  },
): Promise<number> {
  const { ingress, port, host, identityKeys } = command;
  const files = await filesOf(command.files);
  let env: Readonly<Record<string, string>> = {};
  for (const file of files) env = { ...env, ...(await readEnvironment(file, terminal)) };
  const end = new AbortController();
  let failure: unknown;
  const onListening = (worker: ServedWorker) => {
    tell(worker, command, terminal).catch((error: unknown) => {
      failure = error;
      end.abort();
    });
  };
  await runner.serve({
    ...{ files, env, ingress, port, host, identityKeys, onListening },
    // Others cannot, and of a port that nobody has chosen there is one.
    reusePort: process.platform === 'linux' && port !== 0,
    models: offlineModels(command, terminal),
    signal: AbortSignal.any([signal, end.signal]),
    onHints: (hints) => terminal.note(formatProblems(hints, terminal.notePaint)),
    onConsole: (text) => terminal.print([text]),
  });
  if (failure !== undefined) {
    const { message, code = 'RESTATE_FAILED' } = describeError(failure);
    throw new LoadError([{ severity: 'error', message, code }]);
  }
  return exitCodes.done;
}

/** A project stands for its files. */
async function filesOf(given: readonly string[]): Promise<readonly string[]> {
  const files = new Set<string>();
  for (const file of given) {
    if (!isProject(file)) files.add(resolve(file));
    else for (const graph of (await openProject(file)).graphs) files.add(graph.file);
  }
  return [...files];
}

async function tell(
  { url, graphs }: ServedWorker,
  { admin, address = url, ingress }: ServeCommand,
  terminal: Terminal,
): Promise<void> {
  const width = Math.max(...graphs.map(({ name }) => name.length));
  terminal.print([
    `A worker listens at ${url} (Ctrl+C ends it) and has`,
    ...graphs.map(({ name, code }) => `  ${name.padEnd(width)}  ${code}`),
  ]);
  if (admin === undefined) return;
  await new RestateClient({ ingress, admin }).register(address);
  terminal.print([`Registered as ${address}; calls go to ${ingress}`]);
}

import { resolve } from 'node:path';
import type { GraphServer } from '../runner/restate/serveOptions.ts';
import type { RestateCommand } from './command.ts';
import { exitCodes } from './exitCodes.ts';
import { RestateServer, type ServerPorts } from './restateServer.ts';
import { serveGraphs } from './serveGraphs.ts';
import { defaultRestateFolder } from './stateFolder.ts';
import type { Terminal } from './terminal.ts';

/**
 * `superstep restate up`: a Restate server of this machine, with a worker if there are files, until the signal is aborted.
 * @returns The exit code.
 * @throws {UsageError} if there is no server, or it cannot start; {LoadError} as {@link serveGraphs}.
 */
export async function restateUp(
  { files, store, port, model }: RestateCommand,
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
  const folder = store === undefined ? defaultRestateFolder() : resolve(store);
  const server = await RestateServer.start(folder, portsFrom(port), signal);
  const end = new AbortController();
  const stop = AbortSignal.any([signal, end.signal]);
  try {
    const { ingress, admin } = server;
    terminal.print([
      `A Restate server takes calls at ${ingress} (Ctrl+C ends it)`,
      `It registers workers, and shows what runs, at ${admin}; it keeps all in ${folder}`,
    ]);
    const ended = server.ended();
    ended.catch(() => end.abort());
    if (files.length > 0) {
      const at = { ingress, admin, port: 0, host: '127.0.0.1', identityKeys: [] };
      const command = { name: 'serve', files, ...at, ...(model && { model }) } as const;
      await serveGraphs(command, { runner, terminal, signal: stop });
    } else {
      terminal.print([`superstep serve FILE --restate=${ingress} --register=${admin}`]);
      await new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve()));
    }
    if (!signal.aborted) await ended;
    return exitCodes.done;
  } finally {
    await server.end();
  }
}

/** Those of Restate, unless a first one is given. */
function portsFrom(first: number | undefined): ServerPorts {
  if (first === undefined) return { ingress: 8080, admin: 9070, node: 5122 };
  if (first === 0) return { ingress: 0, admin: 0, node: 0 };
  return { ingress: first, admin: first + 1, node: first + 2 };
}

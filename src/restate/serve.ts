import type { AddressInfo } from 'node:net';
import type { AnyGraph } from '../remote/index.ts';
import { EventPublisher, type Telling } from './eventPublisher.ts';
import { loadSdk } from './sdk.ts';
import { restateServices } from './services.ts';

/** Where a worker listens. */
export interface ServeOptions {
  /** Default 9080; 0 takes any that is free. */
  readonly port?: number;
  /** Default `127.0.0.1`: the server is on this machine. */
  readonly host?: string;
  /**
   * Lets several processes of this machine listen at one port, among which the system shares connections; on Linux
   * and BSD. Default false.
   */
  readonly reusePort?: boolean;
  /** Public keys of Restate servers, such as `publickeyv1_…`: calls that none of them has signed are refused. */
  readonly identityKeys?: readonly string[];
  /**
   * Where the server takes calls, such as `http://127.0.0.1:8080`: events of calls that are watched are sent there. Absent:
   * calls cannot be watched.
   */
  readonly ingress?: string;
  /** Makes of the events of one task or step what is sent of them. Default: they are sent as they are. */
  readonly telling?: Telling;
  /** What callers learn of graphs beside their names, by name; plain data. */
  readonly about?: Readonly<Record<string, unknown>>;
  /** A file beside which the SDK may be installed. Default: beside this library only. */
  readonly sdkFrom?: string;
}

/** A worker that listens. */
export interface RestateWorker {
  /** What is registered with the server. */
  readonly url: string;
  /** Ends it at once; what it was doing is done by another worker, or by this one when it is back. */
  close(): Promise<void>;
}

/**
 * Makes this process a worker of a Restate server: it runs the steps of threads, and their tasks. Register its `url`
 * once, with {@link RestateClient.register}.
 *
 * @param graphs By the names under which they are called.
 * @throws {SuperstepError} RESTATE_FAILED if the SDK, `@restatedev/restate-sdk`, is not installed
 * @throws What listening fails with, such as EADDRINUSE.
 * @example
 * ```ts
 * import { Annotation, START, StateGraph } from 'superstep';
 * import { serveRestate } from 'superstep/restate';
 * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
 *   .addNode('double', ({ n }) => ({ n: n * 2 }))
 *   .addEdge(START, 'double')
 *   .compile();
 * const worker = await serveRestate({ graph }, { port: 0 });
 * console.log(new URL(worker.url).hostname); // 127.0.0.1
 * await worker.close();
 * ```
 */
export async function serveRestate(
  graphs: Readonly<Record<string, AnyGraph>>,
  options: ServeOptions = {},
): Promise<RestateWorker> {
  const { port = 9080, host = '127.0.0.1', reusePort = false, identityKeys } = options;
  const { ingress, telling, about, sdkFrom } = options;
  const sdk = await loadSdk(sdkFrom);
  const publisher = ingress === undefined ? undefined : new EventPublisher(ingress, telling);
  const { createServer } = await import('node:http2');
  const server = createServer(
    sdk.createEndpointHandler({
      services: restateServices(sdk, { graphs, about, publisher }),
      ...(identityKeys && { identityKeys }),
      // What it says of lost connections is known to the server, which tries again.
      logger: () => {},
    }),
  );
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, reusePort }, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${name}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
      }),
  };
}

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createOfflineModel } from '../offline/offlineModel.ts';
import { UsageError } from './usageError.ts';
import type { OfflineModelCommand } from './command.ts';
import type { Terminal } from './terminal.ts';

/**
 * `superstep offline-model`: serves the built-in model on 127.0.0.1 until the signal is aborted.
 * @returns The exit code.
 * @throws {UsageError} if the port cannot be had.
 */
export async function serveOfflineModel(
  { port, model }: OfflineModelCommand,
  { terminal, signal }: { terminal: Terminal; signal: AbortSignal },
): Promise<number> {
  const answer = createOfflineModel(model);
  const server = createServer((request, response) => {
    // What fails here has lost its reader.
    serve(request, response, answer).catch(() => response.destroy());
  });
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening', { signal });
  } catch (error) {
    if (signal.aborted) return 0;
    throw new UsageError(`Cannot listen on port ${port}: ${(error as Error).message}`);
  }
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  terminal.print([
    `The offline model answers at ${url} (Ctrl+C ends it)`,
    `Clients of OpenAI find it by OPENAI_BASE_URL=${url} OPENAI_API_KEY=any`,
  ]);
  if (!signal.aborted) await once(signal, 'abort');
  server.close();
  server.closeAllConnections();
  return 0;
}

/** One HTTP request through a `fetch` function. */
async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  answer: typeof globalThis.fetch,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const chunks = await request.toArray();
  const { status, headers, body } = await answer(`http://127.0.0.1${request.url ?? '/'}`, {
    method: request.method ?? 'GET',
    ...(chunks.length > 0 && { body: Buffer.concat(chunks as Buffer[]).toString() }),
    signal: gone.signal,
  });
  response.writeHead(status, Object.fromEntries(headers));
  if (body) await pipeline(Readable.fromWeb(body as never), response);
  else response.end();
}

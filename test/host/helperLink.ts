import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type * as vscode from 'vscode';
import { onProcessEnd } from './releases.ts';

interface Reply {
  id: number;
  value?: unknown;
  error?: string;
}

/** A test's line into the extension host, where the extension in `helper/` answers. */
export interface HelperLink {
  /** Environment that the extension host needs to find this end. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Runs a function in the extension host and returns what it returns, as JSON. It meets nothing of
   * the scope it is written in: pass what it needs as arguments, JSON as well. Waits for the
   * extension host if there is none yet.
   * @throws {Error} with the stack of what was thrown there.
   */
  evaluate<A extends unknown[], T>(
    work: (code: typeof vscode, ...args: A) => T | PromiseLike<T>,
    ...args: A
  ): Promise<Awaited<T>>;
  /** Settles when an extension host answers. After a reload of the page it is a new one. */
  connected(): Promise<void>;
  close(): void;
}

export async function openHelperLink(): Promise<HelperLink> {
  const folder = mkdtempSync(join(tmpdir(), 'superstep-link-'));
  const path = join(folder, 'socket');
  const pending = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;
  let next = Promise.withResolvers<Socket>();
  let current: Socket | undefined;

  const server = createServer((socket) => {
    current = socket;
    next.resolve(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (current !== socket) return;
      current = undefined;
      next = Promise.withResolvers();
      for (const { reject } of pending.values()) reject(new Error('The extension host has ended'));
      pending.clear();
    });
    createInterface({ input: socket }).on('line', (line) => {
      const { id, value, error } = JSON.parse(line) as Reply;
      const waiting = pending.get(id);
      pending.delete(id);
      if (error === undefined) waiting?.resolve(value);
      else waiting?.reject(new Error(`In the extension host: ${error}`));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  server.unref();

  return {
    env: { SUPERSTEP_TEST_SOCKET: path },
    async evaluate(work, ...args) {
      const socket = await next.promise;
      const id = ++lastId;
      const reply = Promise.withResolvers<unknown>();
      pending.set(id, reply);
      socket.write(`${JSON.stringify({ id, source: work.toString(), args })}\n`);
      return (await reply.promise) as never;
    },
    async connected() {
      await next.promise;
    },
    close: onProcessEnd(() => {
      current?.destroy();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    }),
  };
}

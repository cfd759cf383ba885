// A real Redis server for tests, on loopback, which can be killed and started again.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { installPackage } from '../host/debian.ts';
import { freePorts } from '../host/freePorts.ts';

const PROGRAM = 'redis-server';

/** Why there is no server here; `undefined` if there is one. On Debian as root a missing one is installed. */
export async function missingServer(): Promise<string | undefined> {
  return isInstalled() ? undefined : installPackage(PROGRAM);
}

function isInstalled(): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => existsSync(join(folder, PROGRAM)));
}

/** A server with a folder of its own, in which it keeps all that it is told. */
export class RedisServer {
  readonly url: string;
  readonly #port: number;
  readonly #data: string;
  #process: ChildProcess | undefined;

  private constructor(port: number, data: string) {
    this.url = `redis://127.0.0.1:${port}`;
    this.#port = port;
    this.#data = data;
  }

  static async start(): Promise<RedisServer> {
    const [port] = (await freePorts(1)) as [number];
    const server = new RedisServer(port, await mkdtemp(join(tmpdir(), 'superstep-redis-')));
    await server.start();
    return server;
  }

  /** Starts it, again after a kill; resolves when it answers. */
  async start(): Promise<void> {
    const flags = ['--bind', '127.0.0.1', '--port', String(this.#port), '--dir', this.#data];
    this.#process = spawn(PROGRAM, [...flags, '--appendonly', 'yes', '--appendfsync', 'always'], {
      stdio: 'ignore',
    });
    while (!(await this.#answers())) await delay(20);
  }

  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.#port, '127.0.0.1', () => socket.write('PING\r\n'));
      const end = (isReady: boolean) => {
        socket.destroy();
        resolve(isReady);
      };
      socket.once('data', (data) => end(String(data).startsWith('+PONG')));
      socket.once('error', () => end(false));
    });
  }

  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async end(): Promise<void> {
    await this.kill();
    await rm(this.#data, { recursive: true, force: true });
  }
}

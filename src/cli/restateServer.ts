import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { UsageError } from './usageError.ts';

/** Where a server listens. */
export interface ServerPorts {
  /** Takes calls. */
  readonly ingress: number;
  /** Registers workers. */
  readonly admin: number;
  /** Its own. */
  readonly node: number;
}

/** How long it may take to end by itself, milliseconds. */
const END_MS = 5000;

/** A Restate server of this machine, on loopback, which tells nobody of itself. */
export class RestateServer {
  readonly ports: ServerPorts;
  readonly #process: ChildProcess;
  readonly #log: string;

  private constructor(process: ChildProcess, ports: ServerPorts, log: string) {
    this.#process = process;
    this.ports = ports;
    this.#log = log;
  }

  /**
   * Starts the server that is installed beside the current folder, or beside us.
   * @param folder Keeps what the server has to keep, and its log.
   * @throws {UsageError} if it is not installed, if a port is taken, or if it cannot start.
   */
  static async start(
    folder: string,
    wanted: ServerPorts,
    signal: AbortSignal,
  ): Promise<RestateServer> {
    const program = findProgram();
    const ports = await freePorts(wanted);
    mkdirSync(folder, { recursive: true });
    const log = join(folder, 'server.log');
    const output = openSync(log, 'w');
    const at = (port: number) => `127.0.0.1:${port}`;
    const flags = ['--no-logo', '--base-dir', join(folder, 'data'), '--node-name', 'superstep'];
    flags.push('--bind-ip', '127.0.0.1', '--listen-mode', 'tcp', '--bind-port', `${ports.node}`);
    flags.push('--default-num-partitions', '4');
    const env = {
      RESTATE_INGRESS__BIND_ADDRESS: at(ports.ingress),
      RESTATE_ADMIN__BIND_ADDRESS: at(ports.admin),
      RESTATE_ADVERTISED_HOST: '127.0.0.1',
      RESTATE_DISABLE_TELEMETRY: 'true',
      RESTATE_ROCKSDB_TOTAL_MEMORY_SIZE: '512MiB',
      DO_NOT_TRACK: '1',
    };
    const child = spawn(program, flags, { env, stdio: ['ignore', output, output] });
    closeSync(output);
    const server = new RestateServer(child, ports, log);
    try {
      await server.#ready(signal);
    } catch (error) {
      await server.end();
      throw error;
    }
    return server;
  }

  get ingress(): string {
    return `http://127.0.0.1:${this.ports.ingress}`;
  }

  get admin(): string {
    return `http://127.0.0.1:${this.ports.admin}`;
  }

  /** Rejects when it has come to an end that nobody has asked for. */
  async ended(): Promise<never> {
    if (!isOver(this.#process)) await once(this.#process, 'exit');
    const last = readFileSync(this.#log, 'utf8').trimEnd().split('\n').slice(-5);
    const how = this.#process.exitCode ?? this.#process.signalCode;
    throw new UsageError(
      [`The Restate server has ended (${how}); ${this.#log} says:`, ...last].join('\n  '),
    );
  }

  /** Ends it; what it keeps stays. */
  async end(): Promise<void> {
    if (isOver(this.#process)) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), END_MS);
    await gone;
    clearTimeout(timer);
  }

  async #ready(signal: AbortSignal): Promise<void> {
    const failed = Promise.race([
      this.ended(),
      once(this.#process, 'error').then(([error]) => Promise.reject(error as Error)),
    ]);
    failed.catch(() => {});
    for (const url of [`${this.admin}/health`, `${this.ingress}/restate/health`]) {
      while (!(await Promise.race([answers(url), failed]))) await delay(50, undefined, { signal });
    }
  }
}

function isOver({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** @throws {UsageError} */
function findProgram(): string {
  const { platform, arch } = process;
  const isBuilt = ['linux', 'darwin'].includes(platform) && ['x64', 'arm64'].includes(arch);
  if (!isBuilt) {
    throw new UsageError(
      `Restate has no server for ${platform} on ${arch}: run it in a container or elsewhere, and name its addresses`,
    );
  }
  const name = `@restatedev/restate-server-${platform}-${arch}`;
  for (const from of [join(process.cwd(), 'package.json'), import.meta.url]) {
    try {
      const found = createRequire(from).resolve(`${name}/package.json`);
      const program = join(dirname(found), 'bin', 'restate-server');
      if (existsSync(program)) return program;
    } catch {
      // Not there.
    }
  }
  throw new UsageError(
    `The Restate server is not installed here; npm install --save-dev --ignore-scripts ${name}`,
  );
}

/**
 * The ports, as they are wanted; where that is 0, any that is free.
 * @throws {UsageError} if one of them is taken.
 */
async function freePorts(wanted: ServerPorts): Promise<ServerPorts> {
  const servers: ReturnType<typeof createServer>[] = [];
  const take = async (port: number): Promise<number> => {
    const server = createServer().listen(port, '127.0.0.1');
    servers.push(server);
    try {
      await once(server, 'listening');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new UsageError(
        `Port ${port} cannot be had (${code}): a Restate server runs already, or something else; --port N takes another`,
      );
    }
    return (server.address() as AddressInfo).port;
  };
  try {
    const ingress = await take(wanted.ingress);
    return { ingress, admin: await take(wanted.admin), node: await take(wanted.node) };
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

// A real Restate server for tests, from its npm package, on loopback, which can be killed and started again.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from '../host/freePorts.ts';
import { cacheDir, npm } from '../host/install.ts';
import { progress } from '../host/progress.ts';

const VERSION = '1.7.12';

/** Why there is no server here; `undefined` if there is one. */
export async function missingServer(): Promise<string | undefined> {
  const { platform, arch } = process;
  const isBuilt = ['linux', 'darwin'].includes(platform) && ['x64', 'arm64'].includes(arch);
  if (!isBuilt) return `Restate has no server for ${platform} on ${arch}`;
  try {
    await install();
    return undefined;
  } catch (error) {
    return `the Restate server could not be installed: ${(error as Error).message.split('\n')[0]}`;
  }
}

const folder = join(cacheDir, `restate-${VERSION}`);
const name = `@restatedev/restate-server-${process.platform}-${process.arch}`;
const program = join(folder, 'node_modules', name, 'bin/restate-server');

/** Without the package around it, which reports its installation. */
async function install(): Promise<void> {
  if (existsSync(program)) return;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  await progress('Downloading a Restate server (once)', () =>
    npm(['install', '--ignore-scripts', `${name}@${VERSION}`], folder),
  );
}

/** A server with a folder of its own. */
export class RestateServer {
  readonly ingress: string;
  readonly admin: string;
  readonly #data: string;
  readonly #ports: readonly number[];
  readonly #env: Readonly<Record<string, string>>;
  #process: ChildProcess | undefined;

  private constructor(
    data: string,
    ports: readonly number[],
    env: Readonly<Record<string, string>>,
  ) {
    this.#data = data;
    this.#ports = ports;
    this.#env = env;
    this.ingress = `http://127.0.0.1:${ports[1]}`;
    this.admin = `http://127.0.0.1:${ports[2]}`;
  }

  /** @param options.signsWith A private key as PEM, with which it signs what it sends to workers. */
  static async start({ signsWith }: { readonly signsWith?: string } = {}): Promise<RestateServer> {
    const data = await mkdtemp(join(tmpdir(), 'superstep-restate-'));
    const env: Record<string, string> = {};
    if (signsWith !== undefined) {
      env.RESTATE_REQUEST_IDENTITY_PRIVATE_KEY_PEM_FILE = join(data, 'identity.pem');
      await writeFile(env.RESTATE_REQUEST_IDENTITY_PRIVATE_KEY_PEM_FILE, signsWith);
    }
    const server = new RestateServer(data, await freePorts(3), env);
    await server.start();
    return server;
  }

  /** Starts it, again after a kill; resolves when it answers. */
  async start(): Promise<void> {
    const [node, ingress, admin] = this.#ports;
    const at = (port: number | undefined) => `127.0.0.1:${port}`;
    const flags = ['--no-logo', '--base-dir', this.#data, '--node-name', 'n1'];
    flags.push('--bind-ip', '127.0.0.1', '--listen-mode', 'tcp', '--bind-port', String(node));
    flags.push('--default-num-partitions', '2');
    const env = {
      RESTATE_INGRESS__BIND_ADDRESS: at(ingress),
      RESTATE_ADMIN__BIND_ADDRESS: at(admin),
      RESTATE_ADVERTISED_HOST: '127.0.0.1',
      RESTATE_DISABLE_TELEMETRY: 'true',
      RESTATE_ROCKSDB_TOTAL_MEMORY_SIZE: '256MiB',
      DO_NOT_TRACK: '1',
      ...this.#env,
    };
    this.#process = spawn(program, flags, { env, stdio: 'ignore' });
    const { promise: gone, reject } = Promise.withResolvers<never>();
    gone.catch(() => {});
    this.#process.once('exit', (code) => reject(new Error(`The server ended with ${code}`)));
    for (const url of [`${this.admin}/health`, `${this.ingress}/restate/health`]) {
      while (!(await Promise.race([answers(url), gone]))) await delay(20);
    }
  }

  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    this.#process = undefined;
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  async end(): Promise<void> {
    await this.kill();
    await rm(this.#data, { recursive: true, force: true });
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

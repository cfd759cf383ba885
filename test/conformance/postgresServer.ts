// A real PostgreSQL server for tests, on loopback, with a folder of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { installPackage } from '../host/debian.ts';
import { freePorts } from '../host/freePorts.ts';

const PROGRAMS = ['initdb', 'postgres', 'createdb'];

/** Whom the server belongs to where root starts it, as it refuses root: `nobody`. */
const NOBODY = 65534;

/** Why there is no server here; `undefined` if there is one. On Debian as root a missing one is installed. */
export async function missingServer(): Promise<string | undefined> {
  if (process.platform === 'win32') return 'its server is not started on Windows';
  return findPrograms() === undefined ? installPackage('postgresql') : undefined;
}

/** The folder of the server's programs. */
function findPrograms(): string | undefined {
  const folders = [
    ...globSync('/usr/lib/postgresql/*/bin').sort().reverse(),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.find((folder) => PROGRAMS.every((name) => existsSync(join(folder, name))));
}

export class PostgresServer {
  readonly #programs: string;
  readonly #data: string;
  readonly #port: number;
  readonly #process: ChildProcess;
  #databases = 0;

  private constructor(programs: string, data: string, port: number) {
    this.#programs = programs;
    this.#data = data;
    this.#port = port;
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
    const flags = ['-D', data, '-p', String(port), ...settings.flatMap((each) => ['-c', each])];
    this.#process = spawn(join(programs, 'postgres'), flags, asSomebody(data));
  }

  static async start(): Promise<PostgresServer> {
    const programs = findPrograms()!;
    const data = await mkdtemp(join(tmpdir(), 'superstep-postgres-'));
    if (process.getuid?.() === 0) chownSync(data, NOBODY, NOBODY);
    const flags = ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '-E', 'UTF8'];
    const code = await end(spawn(join(programs, 'initdb'), flags, asSomebody(data)));
    if (code !== 0) throw new Error(`initdb has ended with ${code}`);
    const [port] = (await freePorts(1)) as [number];
    return new PostgresServer(programs, data, port);
  }

  /** The address of a new database; waits until the server is there. */
  async database(): Promise<string> {
    const name = `test${++this.#databases}`;
    const flags = ['-h', '127.0.0.1', '-p', String(this.#port), '-U', 'postgres', name];
    const create = () => spawn(join(this.#programs, 'createdb'), flags, { stdio: 'ignore' });
    while ((await end(create())) !== 0) {
      if (this.#process.exitCode !== null) throw new Error('The PostgreSQL server has ended');
      await delay(100);
    }
    return `postgresql://postgres@127.0.0.1:${this.#port}/${name}`;
  }

  async end(): Promise<void> {
    const exited = end(this.#process);
    // Without waiting for whoever is connected.
    this.#process.kill('SIGQUIT');
    await exited;
    await rm(this.#data, { recursive: true, force: true });
  }
}

function asSomebody(cwd: string) {
  const isRoot = process.getuid?.() === 0;
  return { stdio: 'ignore', cwd, ...(isRoot && { uid: NOBODY, gid: NOBODY }) } as const;
}

async function end(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

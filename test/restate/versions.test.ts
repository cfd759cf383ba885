// Workers with other code, workers that are cut off, and workers that take calls of one server alone.
import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Command } from '../../src/engine/index.ts';
import { RestateClient } from '../../src/restate/index.ts';
import { freePorts } from '../host/freePorts.ts';
import { RestateServer, missingServer } from './restateServer.ts';

const skip = (await missingServer()) ?? false;

describe('workers of a Restate server', { skip }, () => {
  let server: RestateServer;
  let client: RestateClient;
  const workers = new Set<ChildProcess>();

  const startWorker = async (version: string, key?: string) => {
    const [port] = await freePorts(1);
    const args = [String(port), version, ...(key === undefined ? [] : [key])];
    const child = fork(join(import.meta.dirname, 'versionWorker.ts'), args);
    workers.add(child);
    await once(child, 'message');
    return { child, port: port!, url: `http://127.0.0.1:${port}` };
  };
  const ask = (threadId: string) => client.invoke('asks', {}, { threadId });
  const answer = (threadId: string, options: { readonly anyCode?: boolean } = {}) =>
    client.invoke('asks', new Command({ resume: 'yes' }), { threadId, ...options }) as Promise<any>;

  before(async () => {
    server = await RestateServer.start();
    client = new RestateClient(server);
  });
  after(async () => {
    for (const child of workers) child.kill('SIGKILL');
    await server?.end();
  });

  it('go on with what has begun on their code, and nobody else does, unless that is asked for', async () => {
    const old = await startWorker('old');
    await client.register(old.url);
    await Promise.all([ask('1'), ask('2')]);
    await client.register((await startWorker('new')).url);
    assert.equal((await answer('1')).by, 'old');
    const { code } = await client.status('2');
    old.child.kill('SIGKILL');
    await once(old.child, 'exit');
    const now = (await client.graphs())[0]!.code;
    assert.notEqual(now, code);
    await assert.rejects(answer('2'), ({ message }: Error) => {
      return message.includes(code!) && message.includes(now) && message.includes('--any-code');
    });
    assert.equal((await answer('2', { anyCode: true })).by, 'new');
  });

  it('go on when they are cut off from it, and reached again', async () => {
    const { port } = await startWorker('new');
    let isCut = false;
    const sockets = new Set<Socket>();
    const wall = createServer((from) => {
      if (isCut) return void from.destroy();
      const to = connect(port, '127.0.0.1');
      for (const [one, other] of [
        [from, to],
        [to, from],
      ] as const) {
        sockets.add(one);
        one.on('error', () => {}).on('close', () => other.destroy());
        one.pipe(other);
      }
    }).listen(0, '127.0.0.1');
    await once(wall, 'listening');
    await client.register(`http://127.0.0.1:${(wall.address() as { port: number }).port}`);
    await ask('cut');
    isCut = true;
    for (const socket of sockets) socket.destroy();
    const answered = answer('cut');
    const isHeld = await Promise.race([answered, client.status('other').catch(() => 'held')]);
    assert.equal(isHeld, 'held');
    isCut = false;
    assert.equal((await answered).by, 'new');
    for (const socket of sockets) socket.destroy();
    wall.close();
  });

  it('take calls that their server has signed, and refuse one that signs nothing or with another key', async () => {
    const { key, pem } = makeIdentity();
    const { url } = await startWorker('new', key);
    const refused = { code: 'RESTATE_FAILED', message: /401|nauthorized/ };
    await assert.rejects(client.register(url), refused);
    const signing = await RestateServer.start({ signsWith: pem });
    const other = await RestateServer.start({ signsWith: makeIdentity().pem });
    try {
      const known = new RestateClient(signing);
      await known.register(url);
      await known.invoke('asks', {}, { threadId: 'signed' });
      const resume = new Command({ resume: 'yes' });
      const ended = (await known.invoke('asks', resume, { threadId: 'signed' })) as any;
      assert.deepEqual([ended.answer, ended.by], ['yes', 'new']);
      await assert.rejects(new RestateClient(other).register(url), refused);
    } finally {
      await Promise.all([signing.end(), other.end()]);
    }
  });
});

/** A key pair as a server and its workers are given it. */
function makeIdentity(): { readonly key: string; readonly pem: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
  return { key: `publickeyv1_${base58(Buffer.from(x, 'base64url'))}`, pem: String(pem) };
}

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

function base58(bytes: Buffer): string {
  let text = '';
  for (let rest = BigInt(`0x${bytes.toString('hex')}`); rest > 0n; rest /= 58n) {
    text = BASE58[Number(rest % 58n)]! + text;
  }
  // Each zero in front stands for itself.
  const zeros = bytes.findIndex((byte) => byte !== 0);
  return '1'.repeat(Math.max(0, zeros)) + text;
}

// A proxy in the environment.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import {
  createServer as createHttp,
  request as requestHttp,
  type IncomingMessage,
  type Server,
} from 'node:http';
import { createServer as createHttps } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { ChatOpenAI } from '../../src/openai/index.ts';
import { proxyFetch, proxyFor } from '../../src/openai/proxyFetch.ts';
import { failsWith, mentions, thrownBy } from '../engine/support.ts';
import { says, streamsForEver } from '../fakes/modelServer.ts';
import { isolateEnvironment, KEY, serve } from './support.ts';

isolateEnvironment([
  ...['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'],
  ...['https_proxy', 'http_proxy', 'no_proxy'],
]);

const listening: Server[] = [];
const tunnels = new Set<Socket>();
afterEach(async () => {
  for (const socket of tunnels) socket.destroy();
  for (const server of listening.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(server: Server): Promise<string> {
  listening.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A proxy that passes everything on to one place, whatever it is asked for. */
async function startProxy(to: string, status = 200) {
  const asked: { method: string; url: string; authorization: string | undefined }[] = [];
  const note = ({ method = '', url = '', headers }: IncomingMessage) =>
    asked.push({ method, url, authorization: headers['proxy-authorization'] });
  const proxy = createHttp((request, response) => {
    note(request);
    const { pathname: path } = new URL(request.url!);
    const { method, headers } = request;
    const onward = requestHttp(`http://${to}`, { path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
  });
  proxy.on('connect', (request: IncomingMessage, client: Socket) => {
    note(request);
    client.write(`HTTP/1.1 ${status} So\r\n\r\n`);
    if (status !== 200) return client.end();
    const [host, port] = to.split(':');
    const server = connect(Number(port), host);
    tunnels.add(client).add(server);
    client.pipe(server).pipe(client);
    for (const socket of [client, server]) {
      socket.on('error', () => {}).on('close', () => tunnels.delete(socket));
    }
  });
  return { host: await listen(proxy), asked };
}

const model = (baseURL: string) =>
  new ChatOpenAI({ model: 'test-1', apiKey: KEY, baseURL, maxRetries: 0 });

describe('a server beyond a proxy', () => {
  it('is asked through HTTP_PROXY if it speaks HTTP', async () => {
    const server = await serve(says({ pieces: ['Hel', 'lo'] }));
    const proxy = await startProxy(server.host);
    process.env['HTTP_PROXY'] = `http://ann:p%40ss@${proxy.host}`;
    const { text } = await model('http://models.example/v1').invoke('Hi');
    assert.equal(text, 'Hello');
    assert.deepEqual(proxy.asked, [
      {
        method: 'POST',
        url: 'http://models.example/v1/chat/completions',
        authorization: `Basic ${Buffer.from('ann:p@ss').toString('base64')}`,
      },
    ]);
  });

  it('is asked through a tunnel of HTTPS_PROXY if it speaks HTTPS', async () => {
    const folder = join(import.meta.dirname, '../fixtures/openai');
    const [key, cert] = ['key', 'cert'].map((name) =>
      readFileSync(join(folder, `models.example.${name}.pem`), 'utf8'),
    );
    const seen: string[] = [];
    const secure = createHttps({ key, cert }, (request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]}');
    });
    const proxy = await startProxy(await listen(secure));
    const environment = { HTTPS_PROXY: proxy.host };
    const baseURL = 'https://models.example/v1';
    const fetch = proxyFetch(baseURL, { environment, ca: cert! })!;
    const through = new ChatOpenAI({
      apiKey: KEY,
      baseURL,
      maxRetries: 0,
      configuration: { fetch },
    });
    assert.equal((await through.invoke('Hi')).text, 'Hello');
    assert.deepEqual(seen, [`POST /v1/chat/completions Bearer ${KEY}`]);
    // The proxy learns the name of the server, and nothing else.
    assert.deepEqual(proxy.asked, [
      { method: 'CONNECT', url: 'models.example:443', authorization: undefined },
    ]);
    // Whoever is not known to be the server is not told the key.
    process.env['HTTPS_PROXY'] = proxy.host;
    mentions(await failsWith('MODEL_UNREACHABLE', model(baseURL).invoke('Hi')), 'certificate');
    assert.equal(seen.length, 1);
  });

  it('is told apart from a proxy that refuses or is not there', async () => {
    const proxy = await startProxy('nowhere', 407);
    process.env['HTTPS_PROXY'] = `http://ann:secret@${proxy.host}`;
    const refused = await failsWith(
      'MODEL_UNREACHABLE',
      model('https://models.example/v1').invoke(''),
    );
    mentions(refused, 'models.example', `The proxy ${proxy.host}`, '407', 'HTTPS_PROXY');
    for (const server of listening.splice(0)) server.close();
    for (const baseURL of ['https://models.example/v1', 'http://models.example/v1']) {
      process.env['HTTP_PROXY'] = process.env['HTTPS_PROXY'];
      const gone = await failsWith('MODEL_UNREACHABLE', model(baseURL).invoke(''));
      mentions(gone, `The proxy ${proxy.host}`, 'ECONNREFUSED', 'HTTPS_PROXY');
      assert.ok(!gone.message.includes('secret'));
    }
  });

  for (const [proxy, ...parts] of [
    ['socks5://ann:secret@127.0.0.1:1080', '127.0.0.1:1080', 'not socks5://', 'HTTPS_PROXY'],
    ['http://[half', 'no address', 'HTTPS_PROXY'],
  ] as const) {
    it(`is not asked past a proxy that cannot be used: ${proxy}`, async () => {
      process.env['HTTPS_PROXY'] = proxy;
      const sent = model('https://models.example/v1').invoke('');
      const error = await failsWith('MODEL_UNREACHABLE', sent);
      mentions(error, ...parts);
      assert.ok(!error.message.includes('secret'));
    });
  }

  it('is asked through the proxy once, if Node itself is told to use it', async () => {
    const server = await serve(says('Hello'));
    const proxy = await startProxy(server.host);
    const script = `
      import { ChatOpenAI } from ${JSON.stringify(import.meta.resolve('../../src/openai/index.ts'))};
      const options = { apiKey: 'key', baseURL: 'http://models.example/v1', maxRetries: 0 };
      console.log((await new ChatOpenAI(options).invoke('Hi')).text);
    `;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', script],
      { env: { ...process.env, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: `http://${proxy.host}` } },
    );
    assert.equal(stdout.trim(), 'Hello');
    assert.deepEqual(
      proxy.asked.map(({ url }) => url),
      ['http://models.example/v1/chat/completions'],
    );
  });

  it('is left by a call that is cancelled, connections to the proxy included', async () => {
    const server = await serve(streamsForEver(['Hel']));
    const proxy = await startProxy(server.host);
    process.env['http_proxy'] = proxy.host;
    const pieces = await model('http://models.example/v1').stream('Hi');
    assert.equal((await pieces.next()).value?.text, 'Hel');
    await pieces.return(undefined);
    await server.until(({ open }) => open === 0);

    const stop = new AbortController();
    const { signal } = stop;
    const call = thrownBy(model('http://models.example/v1').invoke('Hi', { signal }));
    await server.until(({ requests }) => requests.length === 2);
    stop.abort();
    assert.equal(await call, signal.reason);
    await server.until(({ open }) => open === 0);
  });
});

describe('proxyFor()', () => {
  const environment = {
    HTTPS_PROXY: 'https://secure.proxy:8443',
    http_proxy: 'plain.proxy:3128',
    NO_PROXY: 'direct.example, .corp.example,*.other.example ported.example:8080',
  };

  for (const [address, proxy] of [
    ['https://models.example/v1', 'https://secure.proxy:8443/'],
    ['http://models.example/v1', 'http://plain.proxy:3128/'],
    ['https://direct.example', undefined],
    ['https://api.direct.example', undefined],
    ['https://notdirect.example', 'https://secure.proxy:8443/'],
    ['https://a.corp.example', undefined],
    ['https://corp.example', undefined],
    ['https://a.other.example', undefined],
    ['https://ported.example:8080', undefined],
    ['https://ported.example', 'https://secure.proxy:8443/'],
    ['http://localhost:11434', undefined],
    ['http://127.0.0.1:8080', undefined],
    ['http://[::1]:8080', undefined],
  ] as const) {
    it(`says ${proxy ?? 'none'} for ${address}`, () => {
      assert.equal(proxyFor(new URL(address), environment)?.href, proxy);
    });
  }

  it('says none if NO_PROXY is *, or no proxy is named', () => {
    const target = new URL('https://models.example');
    assert.equal(proxyFor(target, { ...environment, NO_PROXY: '*' }), undefined);
    assert.equal(proxyFor(target, {}), undefined);
    assert.equal(proxyFor(target, { HTTPS_PROXY: '' }), undefined);
  });
});

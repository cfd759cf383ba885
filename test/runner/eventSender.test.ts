import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import type { RunEvent } from '../../src/engine/model/events.ts';
import { maxWeightInFlight, type SentEvent } from '../../src/protocol/workerMessages.ts';
import { EventSender } from '../../src/runner/worker/eventSender.ts';

/** A sender and the host's side of it. */
function connect(onRing: (host: Host) => void) {
  const { port1, port2 } = new MessageChannel();
  const host = new Host(port1);
  const sender = new EventSender({ events: port2, flow: host.flow }, { ring: () => onRing(host) });
  return { sender, host, [Symbol.dispose]: () => port1.close() };
}

class Host {
  readonly flow = new Int32Array(new SharedArrayBuffer(4));
  readonly #port;
  fetched: RunEvent[] = [];
  mostInFlight = 0;

  constructor(port: MessageChannel['port1']) {
    this.#port = port;
  }

  fetch(): void {
    let weight = 0;
    for (let got; (got = receiveMessageOnPort(this.#port));) {
      const sent = got.message as SentEvent<RunEvent>;
      this.fetched.push(sent.event);
      weight += sent.weight;
    }
    this.mostInFlight = Math.max(this.mostInFlight, weight);
    Atomics.add(this.flow, 0, weight);
  }
}

const line = (text: string): RunEvent => ({ type: 'console', time: 0, level: 'log', text });

test('EventSender puts each event on its port at once', () => {
  using connection = connect(() => {});
  const { sender, host } = connection;
  sender.send(line('a'));
  sender.send(line('b'));
  host.fetch();
  assert.deepEqual(host.fetched, [line('a'), line('b')]);
});

test('EventSender rings at once, and then not again for a while', () => {
  let rings = 0;
  using connection = connect(() => rings++);
  const { sender } = connection;
  sender.send(line('a'));
  assert.equal(rings, 1);
  sender.send(line('b'));
  assert.equal(rings, 1);
});

test('EventSender waits for the host rather than have more than the limit on the way', () => {
  const total = maxWeightInFlight * 3;
  // This host fetches only when it is rung; so it is found to be late again and again.
  using connection = connect((host) => host.fetch());
  const { sender, host } = connection;
  const fixedNow = performance.now();
  mock.method(performance, 'now', () => fixedNow);
  try {
    for (let i = 0; i < total; i++) sender.send(line(String(i)));
  } finally {
    mock.restoreAll();
  }
  host.fetch();
  assert.equal(host.fetched.length, total);
  assert.equal(host.mostInFlight, maxWeightInFlight + 1);
});

test('EventSender cuts what is long, and counts it by its size', () => {
  using connection = connect(() => {});
  const { sender, host } = connection;
  sender.send(line('x'.repeat(50_000_000)));
  host.fetch();
  const [event] = host.fetched;
  assert.ok(event?.type === 'console' && event.text.endsWith('… 50.0 MB more'));
  assert.ok(event.text.length < 11_000);
  assert.ok(Atomics.load(host.flow, 0) >= 10);
});

test('EventSender cuts the messages of errors', () => {
  using connection = connect(() => {});
  const error = { name: 'Error', message: 'x'.repeat(50_000_000) };
  connection.sender.send({ type: 'runFailed', time: 0, error, cancelled: false, state: {} });
  connection.host.fetch();
  const [event] = connection.host.fetched;
  assert.ok(event?.type === 'runFailed' && event.error.message.length < 11_000);
});

test('EventSender sends nothing after close()', () => {
  using connection = connect(() => {});
  connection.sender.close();
  connection.sender.send(line('late'));
  connection.host.fetch();
  assert.deepEqual(connection.host.fetched, []);
});

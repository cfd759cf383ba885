import { toErrorInfo } from '../../model/errorInfo.ts';
import { SuperstepError, isSuperstepError, show } from '../../model/errors.ts';
import type { RemoteTask, StoredGraph, StoredThread, TaskReply } from '../../model/remote.ts';
import { unpack } from '../sending.ts';
import type { Level, RemoteWork } from './work.ts';

/** What may come at once, in UTF-16 units: queues and durable engines take no larger messages. */
export const MAX_LENGTH = 32 * 1024 * 1024;

/** @throws {SuperstepError} INVALID_REMOTE_DATA */
export function checkTask(given: unknown): RemoteTask {
  const task = record(given, 'A task');
  for (const key of ['id', 'graph', 'node', 'code', 'work']) text(task, key, 'A task');
  if (!Array.isArray(task['caps'])) throw wrong('A task', 'caps', task['caps']);
  return task as unknown as RemoteTask;
}

/** @throws {SuperstepError} INVALID_REMOTE_DATA */
export function readWork({ work }: RemoteTask): RemoteWork {
  const what = 'The work of a task';
  const read = record(unpack(work), what) as unknown as RemoteWork;
  const { levels, records, inside, config, answers } = read;
  const isRead = Array.isArray(levels) && levels.length > 0 && levels.length <= DEEPEST;
  if (!isRead || !levels.every(isLevel)) throw wrong(what, 'levels', levels);
  if (!Array.isArray(records)) throw wrong(what, 'records', records);
  if (typeof config !== 'string') throw wrong(what, 'config', config);
  if (!(answers instanceof Map)) throw wrong(what, 'answers', answers);
  for (const graph of Object.values(record(inside, 'Its graphs'))) checkGraph(graph);
  return read;
}

/** How many graphs may be inside of each other. */
const DEEPEST = 1000;

function isLevel({ node, sendIndex, checkpointId, step }: Level): boolean {
  const isNamed = typeof node === 'string' && typeof checkpointId === 'string';
  return isNamed && Number.isInteger(sendIndex) && Number.isInteger(step);
}

/** @throws {SuperstepError} INVALID_REMOTE_DATA */
export function checkReplies(given: unknown): readonly TaskReply[] {
  if (Array.isArray(given)) return given.map(checkReply);
  throw invalid(`Replies must be a list, got ${show(given)}`, given);
}

/** @throws {SuperstepError} INVALID_REMOTE_DATA */
function checkReply(given: unknown): TaskReply {
  const reply = record(given, 'A reply');
  for (const key of ['id', 'namespace', 'checkpointId', 'task', 'records'])
    text(reply, key, 'A reply');
  const { status, inside } = reply;
  if (status === 'done') text(reply, 'result', 'A reply');
  else if (status === 'failed') text(record(reply['error'], 'The error of a reply'), 'error', 'It');
  else if (status !== 'paused') throw wrong('A reply', 'status', status);
  for (const graph of Object.values(record(inside, 'The graphs of a reply'))) checkGraph(graph);
  return reply as unknown as TaskReply;
}

/** @throws {SuperstepError} INVALID_REMOTE_DATA */
export function checkStored(given: unknown): StoredThread {
  const stored = record(given, 'A stored thread');
  const { version, calls, call, graphs } = stored;
  if (version !== 1) throw wrong('A stored thread', 'version', version);
  if (!Number.isInteger(calls)) throw wrong('A stored thread', 'calls', calls);
  for (const graph of Object.values(record(graphs, 'Its graphs'))) checkGraph(graph);
  if (call !== undefined) {
    const under = record(call, 'Its call');
    for (const key of ['config', 'answers']) text(under, key, 'Its call');
    record(under['firstSteps'], 'Its first steps');
    checkReplies(under['failures']);
  }
  return stored as unknown as StoredThread;
}

function checkGraph(given: unknown): asserts given is StoredGraph {
  const graph = record(given, 'A stored graph');
  text(graph, 'checkpoint', 'A stored graph');
  for (const part of ['values', 'tasks']) {
    const texts = record(graph[part], `The ${part} of a stored graph`);
    for (const key of Object.keys(texts)) text(texts, key, `The ${part} of a stored graph`);
  }
}

/**
 * Does something with data that came from elsewhere: whatever goes wrong comes of that.
 * @throws {SuperstepError} INVALID_REMOTE_DATA, or what the library says of it
 */
export async function reading<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isSuperstepError(cause)) throw cause;
    const why = toErrorInfo(cause).message;
    throw invalid(`Cannot read ${what}: ${why}`, undefined, cause);
  }
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw invalid(`${what} must be an object, got ${show(value)}`, value);
}

function text(from: Record<string, unknown>, key: string, what: string): void {
  const value = from[key];
  if (typeof value !== 'string') throw wrong(what, key, value);
  if (value.length <= MAX_LENGTH) return;
  const megabytes = Math.ceil(value.length / 1024 / 1024);
  throw invalid(
    `${what} has ${megabytes} MB in "${key}", and ${MAX_LENGTH / 1024 / 1024} MB are the most: keep what is large ` +
      `elsewhere, and its address in the state`,
    value.length,
  );
}

function wrong(what: string, key: string, value: unknown): SuperstepError {
  return invalid(`${what} has ${show(value)} as "${key}", which cannot be`, value);
}

function invalid(why: string, value: unknown, cause?: unknown): SuperstepError {
  const message = `${why}; hand on what advance and runTask have given, as it is`;
  return new SuperstepError('INVALID_REMOTE_DATA', message, { value }, { cause });
}

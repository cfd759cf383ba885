import { fingerprint } from './checkpointIds.ts';

declare const brand: unique symbol;

/**
 * Names a task among those of its superstep: one that an edge started, one that was sent, or a call
 * that a task makes (of a functional task, or of a tool). The text is what is stored; only this file
 * makes it and reads it. No two tasks have the same one, whatever their nodes are called:
 *
 * - `node`: started by an edge (`node[]` if the name itself ends like one of the forms below)
 * - `node[2]`: the third of the tasks sent
 * - `:node/task(…)[0]`: a call, after the calls around it, by a fingerprint of its arguments and its
 *   place among the calls with the same ones; `:node/task[0]` is a call by its place alone, as earlier
 *   versions named them
 * - empty: what a `Command` brought from outside
 */
export type TaskKey = string & { readonly [brand]: true };

/** What a `Command` brought from outside. */
export const COMMAND_KEY = '' as TaskKey;

const LOOKS_SENT = /\[\d*\]$/;

/** @param sendIndex Place among the sent tasks of its superstep, or -1 for one that an edge started. */
export function taskKey(node: string, sendIndex: number): TaskKey {
  if (sendIndex >= 0) return `${node}[${sendIndex}]` as TaskKey;
  return (node.endsWith(']') && LOOKS_SENT.test(node) ? `${node}[]` : node) as TaskKey;
}

/** A call that a task makes, by what it is called with. */
export function callKey(
  caller: TaskKey,
  call: { readonly name: string; readonly args: string; readonly nth: number },
): TaskKey {
  return `${inside(caller)}${escape(call.name)}(${call.args})[${call.nth}]` as TaskKey;
}

/** A call as earlier versions stored it: by its place among the calls of the same function. */
export function orderedCallKey(caller: TaskKey, name: string, index: number): TaskKey {
  return `${inside(caller)}${escape(name)}[${index}]` as TaskKey;
}

/** The task is a call that another one makes. */
export function isCall(key: string): boolean {
  return key.startsWith(':');
}

/** Whether a task is this one, or a call inside it. */
export function isWithin(key: TaskKey, task: TaskKey): boolean {
  return key === task || key.startsWith(inside(task));
}

/** The task of the superstep that a call is made for; any other task itself. */
export function ownerOf(key: TaskKey): TaskKey {
  if (!isCall(key)) return key;
  return unescape(key.slice(1, key.indexOf('/'))) as TaskKey;
}

/** The node that a task of the superstep runs, or what a call calls. */
export function nameIn(key: string): string {
  const own = isCall(key) ? unescape(key.slice(key.lastIndexOf('/') + 1)) : key;
  return own.replace(isCall(key) ? /(\([0-9a-f]*\))?\[\d+\]$/ : LOOKS_SENT, '');
}

/** How an error names what a task left in the store. */
export function describeKey(key: string): string {
  if (key === COMMAND_KEY) return 'the update of a Command';
  if (!isCall(key)) return `what node "${key}" left`;
  return `what task "${nameIn(key)}" of node "${nameIn(ownerOf(key as TaskKey))}" left`;
}

/** The id of a task of a checkpoint, in the whole thread. */
export function taskIdOf(namespace: string, checkpointId: string, key: TaskKey): string {
  return fingerprint(`${namespace}|${checkpointId}|${key}`);
}

/** Where a task stands in namespaces: its name and its id. */
export function placePart(name: string, id: string): string {
  return `${name}:${id}`;
}

/** Whether a part of a namespace is of one call: of a graph that is kept it has no id. */
export function isPlaceOfCall(part: string): boolean {
  return part.includes(':');
}

/** The id in a part of a namespace, if it has one. */
export function idInPart(part: string): string {
  return part.slice(part.lastIndexOf(':') + 1);
}

/**
 * The node whose graph a part of a namespace belongs to: of one call a part has the task's name and
 * id, of a graph that is kept the task's key.
 */
export function nodeInPart(part: string): string {
  const end = part.indexOf(':');
  return end < 0 ? nameIn(part) : part.slice(0, end);
}

/** The parts of the namespace of a graph that a task of a checkpoint calls, outermost first. */
export function placeParts(namespace: string, checkpointId: string, key: TaskKey): string[] {
  const chain = [ownerOf(key)];
  if (isCall(key)) {
    for (let at = key.indexOf('/'); at >= 0;) {
      const next = key.indexOf('/', at + 1);
      chain.push((next < 0 ? key : key.slice(0, next)) as TaskKey);
      at = next;
    }
  }
  return chain.map((each) => placePart(nameIn(each), taskIdOf(namespace, checkpointId, each)));
}

/** What the keys of all calls inside a task begin with. */
function inside(task: TaskKey): string {
  return isCall(task) ? `${task}/` : `:${escape(task)}/`;
}

/** Names of nodes may have a `/`, which separates calls. */
function escape(text: string): string {
  return text.includes('/') || text.includes('%')
    ? text.replaceAll('%', '%25').replaceAll('/', '%2F')
    : text;
}

function unescape(text: string): string {
  return text.includes('%') ? text.replaceAll('%2F', '/').replaceAll('%25', '%') : text;
}

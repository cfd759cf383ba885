import type { Channel } from '../state/channel.ts';
import { describeWriter, nodesAmong, type Writer } from '../state/writer.ts';
import { Overwrite, toOverwrite } from '../model/overwrite.ts';
import { isContainer, isolate } from '../state/isolate.ts';
import { InvalidUpdateError, SuperstepError, didYouMean, show } from '../model/errors.ts';
import { Command, isCommand, toCommand } from '../model/command.ts';
import { END } from '../model/constants.ts';
import type { Plan, Router } from './plan.ts';
import { Send, isSend } from '../model/send.ts';
import { toErrorInfo } from '../model/errorInfo.ts';

export type Update = Readonly<Record<string, unknown>>;

/** What one task asks for besides one plain update: several updates, or where to go. */
export class Outcome {
  readonly updates: Update[];
  /** A router or a command named END. */
  leadsToEnd = false;
  /** Indexes of nodes. */
  targets: readonly number[] = NONE;
  sends: readonly Send[] = NONE;
  /** Commands for its parent graph. */
  readonly parent: Command[] = [];
  /** The node failed and its error handler took its place: its edges and routers are not followed. */
  isHandled = false;
  /** What its updates alone make of the values that its task began with, if its routers have seen it. */
  foreseen: { readonly from: readonly unknown[]; readonly values: readonly unknown[] } | undefined =
    undefined;

  constructor(updates: Update[] = []) {
    this.updates = updates;
  }

  /** Where it goes, for observers: by node, how many tasks it sends there; `undefined` if nowhere. */
  chosen({ nodes }: Plan): Record<string, number> | undefined {
    if (this.targets.length === 0 && this.sends.length === 0 && !this.leadsToEnd) return undefined;
    const counts = new Map(this.targets.map((target) => [nodes[target]!.name, 0]));
    if (this.leadsToEnd) counts.set(END, 0);
    for (const { node } of this.sends) counts.set(node, (counts.get(node) ?? 0) + 1);
    return Object.fromEntries(counts);
  }

  /** The outcome that is meant by a result of any kind. */
  static of(result: TaskResult): Outcome {
    if (result instanceof Outcome) return result;
    return result === undefined ? new Outcome() : new Outcome([result]);
  }

  goTo(node: number): void {
    this.targets = added(this.targets, node);
  }

  send(send: Send): void {
    this.sends = added(this.sends, send);
  }
}

const NONE: readonly never[] = [];

/** The list with one more item. The first begins a list that has room for it alone: most have no other. */
export function added<T>(list: readonly T[], item: T): readonly T[] {
  if (list.length === 0) return [item];
  (list as T[]).push(item);
  return list;
}

/** A result after updates that were made before it. */
export function withPushed(pushed: readonly Update[], result: TaskResult): Outcome {
  const outcome = Outcome.of(result);
  outcome.updates.unshift(...pushed);
  return outcome;
}

/** What a finished task leaves: nothing, one update (the common case, kept as it is), or more. */
export type TaskResult = undefined | Update | Outcome;

/**
 * Reads what a node returned.
 * @throws {InvalidUpdateError} INVALID_GRAPH_NODE_RETURN_VALUE
 * @throws {SuperstepError} VALIDATION_FAILED, UNKNOWN_DESTINATION
 */
export function toResult(plan: Plan, writer: Writer, returned: unknown): TaskResult {
  if (!returned) return undefined;
  if (typeof returned === 'object') {
    if (Array.isArray(returned)) {
      if (returned.some(isCommand)) return fromItems(plan, writer, returned);
    } else if (isCommand(returned)) {
      return fromItems(plan, writer, [returned]);
    } else if (!isSend(returned) && !isOpaque(returned)) {
      return checkUpdate(plan, writer, returned as Update);
    }
  }
  throw new InvalidUpdateError(
    'INVALID_GRAPH_NODE_RETURN_VALUE',
    `Cannot use what ${describeWriter(writer)} ${typeof writer === 'string' ? 'returned' : 'brought'}, ${show(returned)}: return an object with the keys to ` +
      `update, a Command, or nothing`,
    { nodes: nodesAmong([writer]), value: returned },
  );
}

/** Has no keys that could be those of a state: a Map, a Date, what a generator function returns. */
function isOpaque(value: object): boolean {
  return !isContainer(value) && Object.keys(value).length === 0;
}

function fromItems(plan: Plan, writer: Writer, items: readonly unknown[]): Outcome {
  const outcome = new Outcome();
  for (const item of items) {
    if (!isCommand(item)) {
      const update = toResult(plan, writer, item);
      if (update !== undefined) outcome.updates.push(update as Update);
      continue;
    }
    const command = toCommand(item);
    if (command.graph === Command.PARENT) {
      outcome.parent.push(command);
      continue;
    }
    if (command.update != null)
      outcome.updates.push(...commandUpdates(plan, writer, command.update));
    const from = { who: 'goto', of: writer } as const;
    for (const target of command.goto) addDestination(plan, outcome, target, from);
  }
  return outcome;
}

/** LangGraph also takes a list of [key, value] pairs; each is a write of its own. */
function commandUpdates(plan: Plan, writer: Writer, update: unknown): Update[] {
  if (isPairs(update)) {
    return update.map(([key, value]) => checkUpdate(plan, writer, { [key]: value }));
  }
  if (isContainer(update) && !Array.isArray(update)) return [checkUpdate(plan, writer, update)];
  throw new InvalidUpdateError(
    'INVALID_GRAPH_NODE_RETURN_VALUE',
    `Cannot use the update of ${typeof writer === 'string' ? 'a Command from ' : ''}${describeWriter(writer)}, ${show(update)}: pass an object, or a list of [key, value] pairs`,
    { nodes: nodesAmong([writer]), value: update },
  );
}

function isPairs(update: unknown): update is readonly (readonly [string, unknown])[] {
  const isPair = (item: unknown) =>
    Array.isArray(item) && item.length === 2 && typeof item[0] === 'string';
  return Array.isArray(update) && update.every(isPair);
}

/**
 * An update as it will be applied: checked where keys have schemas, and copied, since the node may go
 * on changing what it returned while others still run.
 */
export function checkUpdate(plan: Plan, writer: Writer, update: Update): Update {
  // A workflow's result is its caller's own, not a state that tasks share.
  if (plan.kind === 'entrypoint') return update;
  const checked: Record<string, unknown> = {};
  for (const key of Object.keys(update)) {
    const index = plan.byKey.get(key);
    const value = update[key];
    if (index === undefined) {
      if (plan.isStrict) throw unknownKey(plan, key, { writer, value });
      continue;
    }
    const given = plan.checks ? (plan.channels[index] as Channel).check(value, writer) : value;
    checked[key] = takenOver(key, writer, given);
  }
  return checked;
}

/**
 * A copy of what was written to a key, so that the writer can go on with it.
 * @throws {SuperstepError} VALIDATION_FAILED
 */
export function takenOver(key: string, writer: Writer, given: unknown): unknown {
  try {
    const overwrite = toOverwrite(given);
    return overwrite === undefined ? isolate(given) : new Overwrite(isolate(overwrite.value));
  } catch (cause) {
    throw cannotCopy(key, writer, cause);
  }
}

function unknownKey(
  { name, byKey }: Plan,
  key: string,
  { writer, value }: { readonly writer: Writer; readonly value: unknown },
): SuperstepError {
  return new SuperstepError(
    'VALIDATION_FAILED',
    `Cannot write key "${key}" from ${describeWriter(writer)}: the state of graph "${name}" is strict and has no ` +
      `such key${didYouMean(key, byKey.keys()) || '; leave it out, or declare it'}`,
    { nodes: nodesAmong([writer]), key, value },
  );
}

/** The stack has run out, or what looks like plain data has getters of its own, which throw. */
function cannotCopy(key: string, writer: Writer, cause: unknown): SuperstepError {
  const why =
    cause instanceof RangeError
      ? 'plain data nested thousands of levels deep cannot be copied'
      : `copying it failed (${toErrorInfo(cause).message})`;
  return new SuperstepError(
    'VALIDATION_FAILED',
    `Cannot take over the value of key "${key}" from ${describeWriter(writer)}: ${why}; keep it as a text, or in ` +
      `an instance of a class`,
    { nodes: nodesAmong([writer]), key },
    { cause },
  );
}

/**
 * Reads what a router returned into an outcome.
 * @throws {SuperstepError} INVALID_ROUTE, UNKNOWN_DESTINATION
 */
export function addRoute(
  plan: Plan,
  outcome: Outcome,
  router: Router,
  route: { readonly returned: unknown; readonly source: string },
): void {
  const { returned, source } = route;
  if (!Array.isArray(returned)) return addChoice(plan, outcome, router, { item: returned, source });
  for (const item of returned as unknown[]) addChoice(plan, outcome, router, { item, source });
}

function addChoice(
  plan: Plan,
  outcome: Outcome,
  { paths }: Router,
  { item, source }: { readonly item: unknown; readonly source: string },
): void {
  if (isSend(item)) return addDestination(plan, outcome, item, { who: 'router', of: source });
  if (item === undefined || item === null) {
    const from: Origin = { who: 'router', of: source };
    throw new SuperstepError(
      'INVALID_ROUTE',
      `Cannot go on: ${described(from)} returned ${String(item)}; return a node's name, END, a Send, or [] to go nowhere`,
      { nodes: nodesOf(from), value: item },
    );
  }
  // Path maps have string keys: the result `true` finds the path `"true"`.
  const result = typeof item === 'string' ? item : show(item);
  const name = paths === undefined ? item : paths.get(result);
  if (name === undefined) {
    const known = [...paths!.keys()];
    const from: Origin = { who: 'router', of: source };
    throw new SuperstepError(
      'INVALID_ROUTE',
      `Cannot go on: ${described(from)} returned ${show(item)}, which its path map does not have ` +
        `(it has ${known.map(show).join(', ')})${didYouMean(result, known) || '; return one of these, or add it'}`,
      { nodes: nodesOf(from), value: item },
    );
  }
  addDestination(plan, outcome, name, { who: 'router', of: source });
}

/** Who names a destination: the router of a node or, with an empty name, that of START; or a `goto`. */
interface Origin {
  readonly who: 'router' | 'goto';
  readonly of: Writer;
}

function described({ who, of }: Origin): string {
  return `the ${who} of ${of === '' ? 'START' : describeWriter(of)}`;
}

function nodesOf({ of }: Origin): readonly string[] {
  return of === '' ? [] : nodesAmong([of]);
}

function addDestination(plan: Plan, outcome: Outcome, target: unknown, from: Origin): void {
  if (target === END) return void (outcome.leadsToEnd = true);
  const name = isSend(target) ? target.node : target;
  const index = typeof name === 'string' ? plan.byName.get(name) : undefined;
  if (index === undefined) {
    const hint = typeof name === 'string' ? didYouMean(name, plan.byName.keys()) : '';
    const how = isSend(target) ? `sends to ${show(name)}` : `names ${show(target)}`;
    // As the peer has it: a wrong Send is a wrong update.
    const Failure = isSend(target) ? InvalidUpdateError : SuperstepError;
    throw new Failure(
      'UNKNOWN_DESTINATION',
      `Cannot go on: ${described(from)} ${how}, and graph "${plan.name}" has no such node${hint || '; add it, or name one that is there'}`,
      { nodes: nodesOf(from), value: name },
    );
  }
  if (isSend(target)) outcome.send(isolated(target));
  else outcome.goTo(index);
}

/** What is sent is as little to be changed in place as the state, and may go to several tasks. */
function isolated(send: Send): Send {
  const args = isolate(send.args);
  return args === send.args ? send : new Send(send.node, args, send);
}

import type { ToolCall, ToolCallChunk } from '../engine/model/messages.ts';
import type { InvalidToolCall } from './toWireMessages.ts';
import type { WireCallPart } from './wire.ts';

/** A call as far as it has come. */
interface PartialCall {
  /** Where it stands among the calls of the answer, counted from 0. */
  readonly position: number;
  /** The number that the server gave it, which need not be its own. */
  readonly index: number | undefined;
  /** The ids of all of its pieces: some servers make up a new one for each. */
  readonly serverIds: Set<string>;
  readonly id: string;
  name: string;
  args: string;
  extra: unknown;
}

/**
 * Puts tool calls together from the pieces in which servers send them. Not all servers number the
 * calls as the protocol has it, and some give ids to every piece or to none; what begins a new call is
 * told by whatever there is.
 *
 * @param takenIds Ids of earlier calls of the conversation: no call gets one of them.
 */
export class CallAssembler {
  readonly #calls: PartialCall[] = [];
  readonly #takenIds: Set<string>;

  constructor(takenIds: Iterable<string> = []) {
    this.#takenIds = new Set(takenIds);
  }

  get isEmpty(): boolean {
    return this.#calls.length === 0;
  }

  /**
   * @param parts What one message or one piece of a stream has of calls.
   * @param isWhole They are calls, not pieces of calls.
   */
  add(parts: readonly WireCallPart[], isWhole: boolean): ToolCallChunk[] {
    const begun = this.#calls.length;
    return parts.map((part) => {
      const known = isWhole ? undefined : this.#find(part, begun);
      return known === undefined ? this.#begin(part) : this.#extend(known, part);
    });
  }

  /** The calls in the order of their numbers, those that cannot be read apart. */
  read(): { valid: ToolCall[]; invalid: InvalidToolCall[]; extras: Record<string, unknown> } {
    const inOrder = this.#calls.toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0));
    const calls = inOrder.map(readCall);
    const extras = inOrder.filter(({ extra }) => extra !== undefined);
    return {
      valid: calls.filter((call): call is ToolCall => !('error' in call)),
      invalid: calls.filter((call) => 'error' in call),
      extras: Object.fromEntries(extras.map(({ id, extra }) => [id, extra])),
    };
  }

  /** The call that a piece goes on with; `undefined` if it begins one. */
  #find(part: WireCallPart, begun: number): PartialCall | undefined {
    const id = part.id || undefined;
    const index = part.index ?? undefined;
    const isAt = (call: PartialCall) => index === undefined || call.index === index;
    const named = id === undefined ? undefined : this.#ofId(id, isAt);
    const call = named ?? this.#calls.findLast(isAt);
    if (call === undefined) return undefined;
    const name = part.function?.name || undefined;
    if (name === undefined && (id === undefined || named !== undefined)) return call;
    const args = textOf(part.function?.arguments);
    if (args.trim() !== '' && isComplete(call.args)) {
      // Nothing can follow arguments that are complete, except the same once more.
      return named !== undefined && args === call.args ? call : undefined;
    }
    if (named !== undefined || name === undefined) return call;
    const isUnfinished = call.args.trim() !== '' && !isComplete(call.args);
    // Without a number, a new id with a name is all by which a call can begin.
    if (isUnfinished && (index !== undefined || id === undefined)) return call;
    if (id !== undefined) return call.serverIds.size === 0 && call.args === '' ? call : undefined;
    return index === undefined && call.position >= begun ? undefined : call;
  }

  #ofId(id: string, isAt: (call: PartialCall) => boolean): PartialCall | undefined {
    return this.#calls.findLast((call) => call.serverIds.has(id) && isAt(call));
  }

  #begin(part: WireCallPart): ToolCallChunk {
    const { name, arguments: args } = part.function ?? {};
    const call: PartialCall = {
      position: this.#calls.length,
      index: part.index ?? undefined,
      serverIds: new Set(part.id ? [part.id] : []),
      id: this.#freshId(part.id),
      name: name ?? '',
      args: textOf(args),
      extra: part.extra_content,
    };
    this.#calls.push(call);
    return toChunk(call.position, { id: call.id, name: call.name, args: call.args });
  }

  #extend(call: PartialCall, part: WireCallPart): ToolCallChunk {
    const { name, arguments: args } = part.function ?? {};
    if (part.id) call.serverIds.add(part.id);
    call.extra ??= part.extra_content;
    const newName = name ? restOfName(call.name, name) : '';
    call.name += newName;
    const text = textOf(args);
    const newArgs = text === call.args && isComplete(text) ? '' : text;
    call.args += newArgs;
    return toChunk(call.position, { name: newName, args: newArgs });
  }

  /** The server's own, unless an earlier call of the conversation has it. */
  #freshId(given: string | null | undefined): string {
    let id = given || shortId();
    while (this.#takenIds.has(id)) id = shortId();
    this.#takenIds.add(id);
    return id;
  }
}

/** Nine letters and digits: the templates of some models take no other ids. */
function shortId(): string {
  return Array.from({ length: 9 }, () => Math.floor(Math.random() * 36).toString(36)).join('');
}

/** Names come whole, in fragments, again with each piece, or each time a bit longer. */
function restOfName(known: string, given: string): string {
  return given.startsWith(known) ? given.slice(known.length) : given;
}

function toChunk(
  index: number,
  { id, name, args }: Partial<Record<'id' | 'name' | 'args', string>>,
) {
  return { index, ...(id && { id }), ...(name && { name }), ...(args && { args }) };
}

/** Some servers send arguments as they are, instead of as the text of their JSON. */
function textOf(args: unknown): string {
  if (typeof args === 'string') return args;
  return args === undefined || args === null ? '' : JSON.stringify(args);
}

function isComplete(args: string): boolean {
  // Most pieces end elsewhere, and need not be read.
  return args.trimEnd().endsWith('}') && isObject(parse(args));
}

function readCall({ id, name, args }: PartialCall): ToolCall | InvalidToolCall {
  try {
    const read: unknown = args.trim() === '' ? {} : (JSON.parse(args) ?? {});
    // Some servers make JSON of them twice.
    const value = typeof read === 'string' ? (parse(read) ?? read) : read;
    if (isObject(value)) return { type: 'tool_call', id, name, args: value };
    return { id, name, args, error: 'The arguments are not an object' };
  } catch (error) {
    return { id, name, args, error: (error as Error).message };
  }
}

function parse(text: string): unknown {
  try {
    return text.trim() === '' ? {} : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A message as plain data: one of the library's classes over the wire, or `{ role, content }`. */
export interface MessageView {
  /** Who it is from, and what must be known of it: `human Ann`, `tool search, failed`. */
  readonly title: string;
  /** All it says, if that is nothing but text; else its parts. */
  readonly content: string | readonly unknown[];
  /** The tools that it wants called. */
  readonly calls: readonly { readonly name: string; readonly args: unknown }[];
}

type Fields = Readonly<Record<string, unknown>>;

const types = new Set<unknown>(['human', 'ai', 'system', 'tool', 'remove', 'generic']);
const roles = new Set<unknown>(['user', 'assistant', 'system', 'developer', 'tool', 'function']);

/** Reads a message; `undefined` for any other value. */
export function readMessage(value: unknown): MessageView | undefined {
  if (!isMessage(value)) return undefined;
  const { content, name, status } = value;
  const who = [value['role'] ?? value['type'], name].filter((part) => typeof part === 'string');
  return {
    title: who.join(' ') + (status === 'error' ? ', failed' : ''),
    content: contentOf(content, value['additional_kwargs']),
    calls: callsOf(value),
  };
}

export function isMessage(value: unknown): value is Fields & { readonly content: unknown } {
  if (!isRecord(value) || !('content' in value)) return false;
  return 'role' in value ? roles.has(value['role']) : types.has(value['type']);
}

/** Plain data with keys of its own. */
export function isRecord(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function contentOf(content: unknown, more: unknown): MessageView['content'] {
  const refusal = isRecord(more) && typeof more['refusal'] === 'string' ? more['refusal'] : '';
  const parts = Array.isArray(content) ? (content as unknown[]) : [content ?? ''];
  const texts = parts.map((part) => (isRecord(part) ? part['text'] : part));
  if (!texts.every((text) => typeof text === 'string')) return parts;
  const text = texts.join('');
  return text === '' && refusal !== '' ? `(refused) ${refusal}` : text;
}

/** Of a message that is still coming in the arguments are a piece of JSON. */
function callsOf({ tool_calls: whole, tool_call_chunks: pieces }: Fields): MessageView['calls'] {
  const calls: { name: string; args: unknown }[] = [];
  if (Array.isArray(whole) && whole.length > 0) {
    for (const call of whole as unknown[]) {
      if (!isRecord(call)) continue;
      // As a provider writes it: `{ function: { name, arguments } }`.
      const { name, args, arguments: text } = isRecord(call['function']) ? call['function'] : call;
      calls.push({ name: String(name), args: args ?? text });
    }
  } else if (Array.isArray(pieces)) {
    for (const piece of pieces as unknown[]) {
      if (!isRecord(piece)) continue;
      const call = (calls[Number(piece['index']) || 0] ??= { name: '', args: '' });
      call.name += typeof piece['name'] === 'string' ? piece['name'] : '';
      call.args = `${String(call.args)}${typeof piece['args'] === 'string' ? piece['args'] : ''}`;
    }
  }
  return calls.filter(Boolean);
}

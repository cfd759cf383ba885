/** A handler in LangChain's sense, as far as graphs call it; models and tools call the rest. */
export interface Handler {
  readonly name?: string;
  readonly raiseError?: boolean;
  /** The engine's own, which LangChain hands back with the config of what it calls. */
  readonly isEngine?: true;
  readonly [method: `handle${string}`]: unknown;
}

/** At which place a handler's methods are told of the run around. */
const PARENT_AT = { Start: 3, End: 2, Error: 2 };

/** A handler that is told of a run around where LangChain knows of none. */
export function withParent(handler: Handler, parent: string): Handler {
  // LangChain copies the own properties of what has no name.
  const own: Record<string | symbol, unknown> = { name: handler.name ?? 'handler' };
  for (const what of ['LLM', 'ChatModel', 'Chain', 'Tool', 'Retriever']) {
    for (const [when, place] of Object.entries(PARENT_AT)) {
      const method = `handle${what}${when}` as const;
      const handle = handler[method];
      if (typeof handle !== 'function') continue;
      own[method] = (...args: unknown[]): unknown => {
        args[place] ??= parent;
        return Reflect.apply(handle, handler, args);
      };
    }
  }
  // Not an object that inherits of it: methods with private fields would not find these.
  return new Proxy(handler, {
    has: (target, key) => key in own || key in target,
    get(target, key) {
      if (key in own) return own[key];
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

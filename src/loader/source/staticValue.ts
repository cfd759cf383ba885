import type { Function as FunctionNode } from '@babel/types';
import type { BuilderDraft, GraphDraft } from './graphDraft.ts';
import type { InputType } from './inputType.ts';

/**
 * What an expression is known to be without running it; `undefined` stands for anything else. Whoever
 * draws takes a guess for the truth; whoever warns must not.
 */
export type StaticValue = KnownValue & {
  /** It may as well be another value, or have entries that the text does not tell. */
  readonly isGuess?: true;
};

type KnownValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'true' }
  | { readonly kind: 'array'; readonly items: readonly Placed[] }
  | { readonly kind: 'object'; readonly entries: ReadonlyMap<string, Placed> }
  /** A module of a library, or one of the workspace, which may pass names of a library on. */
  | { readonly kind: 'namespace'; readonly local?: string }
  /** What a module of the workspace exports, by its names from the outside in. */
  | { readonly kind: 'imported'; readonly from: string; readonly path: readonly string[] }
  /** Anything else that the library itself exports under that name. */
  | { readonly kind: 'library'; readonly name: string }
  /** A function made by `task`, and a chat model of LangChain or of `superstep/openai`. */
  | { readonly kind: 'task' }
  | { readonly kind: 'model' }
  /** The module `zod`, and what it makes of one value. */
  | { readonly kind: 'zod' }
  | { readonly kind: 'zodType' }
  | { readonly kind: 'StateGraph' }
  | { readonly kind: 'entrypoint' }
  /** A function that gives a graph whose nodes its text does not tell; `isBuilder`: to be compiled. */
  | { readonly kind: 'agent'; readonly isBuilder: boolean }
  /** `type` once its type argument is written. */
  | { readonly kind: 'Annotation'; readonly type?: InputType }
  /** What a call of `Annotation` gives: one key of a state. */
  | {
      readonly kind: 'key';
      readonly type: InputType;
      readonly reducer: KeyReducer;
      readonly at: Located;
    }
  /** What `Annotation.Root`, `z.object` or `new StateSchema` gives; its keys are an object of the form `spec`. */
  | { readonly kind: 'state'; readonly spec: StaticValue | undefined }
  | { readonly kind: 'builder'; readonly builder: BuilderDraft }
  | { readonly kind: 'graph'; readonly graph: GraphDraft }
  | { readonly kind: 'function'; readonly code: FunctionNode; readonly scope: Scope };

/** How writes of a key are joined: not at all, in a way that the text does not tell, or by this. */
export type KeyReducer = 'none' | 'unknown' | Placed;

/** An argument or element, or a property at the place of its key. */
export interface Placed {
  readonly value: StaticValue | undefined;
  readonly at: Located;
}

/** Anything with a place in the text, such as a node of the syntax tree. */
export interface Located {
  readonly loc?: {
    readonly start: { readonly line: number; readonly column: number };
    readonly end: { readonly line: number; readonly column: number };
  } | null;
}

/** What the library's names mean, also in a text whose import is not written yet. */
export function libraryValue(name: string): StaticValue | undefined {
  switch (name) {
    case 'StateGraph':
    case 'entrypoint':
    case 'Annotation':
      return { kind: name };
    case 'START':
      return { kind: 'text', text: '__start__' };
    case 'END':
      return { kind: 'text', text: '__end__' };
    default:
      return undefined;
  }
}

/** Functions of LangGraph and LangChain that make a graph, or (false) a builder of one. */
const AGENTS: Readonly<Record<string, boolean>> = {
  createReactAgent: true,
  createAgent: true,
  createDeepAgent: true,
  createSupervisor: false,
  createSwarm: false,
};

/** What a name of a module means. Of agents only packages are believed. */
function exportedBy({ local }: { readonly local?: string }, name: string): StaticValue | undefined {
  const known = libraryValue(name);
  if (known) return known;
  if (local !== undefined) return { kind: 'imported', from: local, path: [name] };
  if (name === 'MessagesAnnotation') return MESSAGES;
  const isGraph = Object.hasOwn(AGENTS, name) ? AGENTS[name] : undefined;
  return isGraph === undefined ? { kind: 'library', name } : { kind: 'agent', isBuilder: !isGraph };
}

/** The state of graphs that keep nothing but messages. */
const MESSAGES: StaticValue = {
  kind: 'state',
  spec: {
    kind: 'object',
    entries: new Map([
      [
        'messages',
        {
          value: { kind: 'key', type: { type: 'any', optional: true }, reducer: 'unknown', at: {} },
          at: {},
        },
      ],
    ]),
  },
};

/** The same value, as one that may be another. */
export function guessed(value: StaticValue | undefined): StaticValue | undefined {
  if (value?.kind === 'builder') value.builder.isOpen = true;
  return value && { ...value, isGuess: true };
}

/** Names that are declared in a block, and those around it. */
export class Scope {
  readonly #names = new Map<string, StaticValue | undefined>();
  readonly #parent: Scope | undefined;

  constructor(parent?: Scope) {
    this.#parent = parent;
  }

  declare(name: string, value: StaticValue | undefined): void {
    this.#names.set(name, value);
  }

  /** Gives a declared name another value; the first known value stays if the new one is unknown. */
  assign(name: string, value: StaticValue | undefined): void {
    if (this.#names.has(name) || !this.#parent) {
      if (value)
        this.#names.set(name, isSame(value, this.#names.get(name)) ? value : guessed(value)!);
      else if (this.#names.get(name)) this.#names.set(name, guessed(this.#names.get(name)));
    } else {
      this.#parent.assign(name, value);
    }
  }

  lookup(name: string): StaticValue | undefined {
    if (this.#names.has(name)) return this.#names.get(name);
    return this.#parent ? this.#parent.lookup(name) : libraryValue(name);
  }
}

/** A builder's methods give the builder itself. */
function isSame(a: StaticValue, b: StaticValue | undefined): boolean {
  return a.kind === 'builder' && b?.kind === 'builder' && a.builder === b.builder;
}

export function textOf(value: StaticValue | undefined): string | undefined {
  return value?.kind === 'text' ? value.text : undefined;
}

/** A property of an object, an element of an array, or a name of the library's namespace. */
export function memberOf(value: StaticValue | undefined, key: string): StaticValue | undefined {
  if (value?.kind === 'object') return value.entries.get(key)?.value;
  if (value?.kind === 'array') return value.items[Number(key)]?.value;
  if (value?.kind === 'state') return key === 'spec' ? value.spec : undefined;
  if (value?.kind === 'namespace') return exportedBy(value, key);
  if (value?.kind === 'imported') return { ...value, path: [...value.path, key] };
  if (value?.kind === 'zod') return value;
  return undefined;
}

import type {
  CallExpression,
  Function as FunctionNode,
  NewExpression,
  Node,
  ObjectExpression,
} from '@babel/types';
import { modelMadeBy, modelOf } from '../loader/source/libraryCalls.ts';
import { memberOf, type Scope, type StaticValue } from '../loader/source/staticValue.ts';
import { heldValue } from './heldValue.ts';
import {
  alternatives,
  bare,
  endsAlways,
  isFunction,
  keyOf,
  propertiesOf,
  walk,
  walkOwn,
} from './syntax.ts';

/** One thing that a node may return, as an update of the state. */
export interface ReturnedUpdate {
  /** Keys that are written; those given `undefined` by name are not among them. */
  readonly keys: ReadonlyMap<string, Node>;
  /** Keys that may be written as well. */
  readonly others: ReadonlyMap<string, Node>;
  /** `...state`, which hands back all of it. */
  readonly spread: Node | undefined;
}

/** A place where code names a node to go to. */
export interface Destination {
  readonly name: string;
  readonly at: Node;
  readonly isSend: boolean;
}

/** A command that goes somewhere in its own graph. */
export interface Goto {
  /** The `goto` property's key. */
  readonly at: Node;
  readonly destinations: readonly Destination[];
  /** Nothing else can be meant. */
  readonly isWhole: boolean;
}

/** A function of a graph file, with what its names mean. */
export class FunctionCode {
  readonly code: FunctionNode;
  readonly #scope: Scope;
  #locals: ReadonlyMap<string, Node | undefined> | undefined;
  readonly #models = new Map<string, StaticValue | undefined>();

  constructor(code: FunctionNode, scope: Scope) {
    this.code = code;
    this.#scope = scope;
  }

  /** What an expression is for certain; of the names that the function declares itself only models are known. */
  valueOf(node: Node): StaticValue | undefined {
    const value = this.#valueOf(bare(node));
    return value?.isGuess ? undefined : value;
  }

  #valueOf(node: Node): StaticValue | undefined {
    switch (node.type) {
      case 'StringLiteral':
        return { kind: 'text', text: node.value };
      case 'TemplateLiteral': {
        const text = node.quasis.length === 1 ? node.quasis[0]?.value.cooked : undefined;
        return text == null ? undefined : { kind: 'text', text };
      }
      case 'Identifier':
        this.#locals ??= localsOf(this.code);
        return this.#locals.has(node.name)
          ? this.#ownModel(node.name)
          : this.#scope.lookup(node.name);
      case 'MemberExpression': {
        const key = keyOf(node.property, node.computed);
        return key === undefined ? undefined : memberOf(this.valueOf(node.object), key);
      }
      case 'NewExpression':
        return modelMadeBy(this.valueOf(node.callee));
      case 'CallExpression':
        return this.#modelOf(node);
      default:
        return undefined;
    }
  }

  /** `model.withStructuredOutput(…)` and `prompt.pipe(model)` are models, too. */
  #modelOf({ callee, arguments: args }: CallExpression): StaticValue | undefined {
    if (callee.type !== 'MemberExpression') return undefined;
    const method = keyOf(callee.property, callee.computed);
    return method === undefined
      ? undefined
      : modelOf(
          method,
          [callee.object, ...args].map((each) => this.valueOf(each)),
        );
  }

  /** The model that a constant of the function is. */
  #ownModel(name: string): StaticValue | undefined {
    if (this.#models.has(name)) return this.#models.get(name);
    // What is made of itself is nothing.
    this.#models.set(name, undefined);
    const made = this.#locals?.get(name);
    const value = made && this.valueOf(made);
    if (value?.kind === 'model') this.#models.set(name, value);
    return this.#models.get(name);
  }

  textOf(node: Node): string | undefined {
    const value = this.valueOf(node);
    return value?.kind === 'text' ? value.text : undefined;
  }

  /** Whether an expression is what the library exports under a name. */
  isLibrary(node: Node, name: string): boolean {
    const value = this.valueOf(node);
    return value?.kind === 'library' && value.name === name;
  }

  /** All that it may return, by form; an end without `return` is `undefined`. */
  results(): (Node | undefined)[] {
    const { body, generator } = this.code;
    if (generator) return [];
    if (body.type !== 'BlockStatement') return alternatives(body);
    const results: (Node | undefined)[] = [];
    walkOwn(this.code, (node) => {
      if (node.type !== 'ReturnStatement') return;
      results.push(...(node.argument ? alternatives(node.argument) : [undefined]));
    });
    if (!endsAlways(body)) results.push(undefined);
    return results;
  }

  /** What each of its results writes; `undefined` for one that the text does not tell. */
  updates(): (ReturnedUpdate | undefined)[] {
    return this.results().map((result) => this.#updateOf(result));
  }

  #updateOf(result: Node | undefined): ReturnedUpdate | undefined {
    if (!result || isNothing(result)) return NOTHING;
    if (result.type === 'ObjectExpression') return this.#updateIn(result);
    if (result.type === 'Identifier') {
      const held = heldValue(this.code, result.name);
      const update = held && held.value.type !== 'Identifier' && this.#updateOf(held.value);
      return update ? { ...update, others: new Map([...update.others, ...held.added]) } : undefined;
    }
    const command = this.#commandOf(result);
    if (!command) return undefined;
    const update = command.entries.get('update');
    if (!update) return NOTHING;
    const value = bare(update.value);
    return value.type === 'NewExpression' ? undefined : this.#updateOf(value);
  }

  #updateIn(object: ObjectExpression): ReturnedUpdate {
    const written = [...propertiesOf(object).entries].filter(
      ([, { value }]) => !isUndefined(value),
    );
    const keys = new Map(written.map(([name, { key }]) => [name, key]));
    const spread = object.properties.find(
      (each) => each.type === 'SpreadElement' && this.#isState(each.argument),
    );
    return { keys, others: new Map(), spread };
  }

  /** Whether an expression is what the function is given first, as it was given. */
  #isState(node: Node): boolean {
    const [param] = this.code.params;
    if (param?.type !== 'Identifier' || node.type !== 'Identifier') return false;
    return node.name === param.name && !isAssigned(this.code, param.name);
  }

  /** Keys that it writes whatever it returns. */
  keysAlwaysWritten(): ReadonlyMap<string, Node> {
    const [first, ...others] = this.updates();
    if (!first) return new Map();
    return new Map([...first.keys].filter(([key]) => others.every((each) => each?.keys.has(key))));
  }

  /** `...state` in what it returns, if it returns that whatever happens. */
  spreadAlways(): Node | undefined {
    const updates = this.updates();
    return updates.every((each) => each?.spread) ? updates[0]?.spread : undefined;
  }

  /** The options of a command of the function's own graph. */
  #commandOf(node: Node): ReturnType<typeof propertiesOf> | undefined {
    if (node.type !== 'NewExpression' || !this.isLibrary(node.callee, 'Command')) return undefined;
    const options = node.arguments[0] && bare(node.arguments[0]);
    if (options?.type !== 'ObjectExpression') return undefined;
    const command = propertiesOf(options);
    return command.entries.has('graph') || !command.isWhole ? undefined : command;
  }

  /** The commands in it that go somewhere. */
  gotos(): Goto[] {
    const gotos: Goto[] = [];
    walk(this.code, (node) => {
      const goto = this.#commandOf(node)?.entries.get('goto');
      if (goto) gotos.push({ at: goto.key, ...this.destinationsIn(goto.value) });
    });
    return gotos;
  }

  /** Each `Send` that it makes for its own graph. */
  sends(): Destination[] {
    const sends: Destination[] = [];
    walk(this.code, (node) => {
      if (node.type !== 'NewExpression') return true;
      // What goes to the parent is none of this graph's business.
      if (this.isLibrary(node.callee, 'Command') && !this.#commandOf(node)) return false;
      sends.push(...this.#sendOf(node));
      return true;
    });
    return sends;
  }

  /** As a router: what each of its results starts, as far as the text tells. */
  chosenTogether(): Destination[][] {
    return this.results().map((result) => (result ? this.#startedBy(result) : []));
  }

  /** As a node: what each of its commands starts, as far as the text tells. */
  commandedTogether(): Destination[][] {
    const started: Destination[][] = [];
    walk(this.code, (node) => {
      const goto = this.#commandOf(node)?.entries.get('goto');
      for (const each of goto ? alternatives(goto.value) : []) started.push(this.#startedBy(each));
    });
    return started;
  }

  #startedBy(node: Node): Destination[] {
    const target = bare(node);
    if (target.type === 'ArrayExpression') {
      return target.elements.flatMap((each) => {
        if (!each) return [];
        return this.#startedBy(each.type === 'SpreadElement' ? each.argument : each);
      });
    }
    if (target.type === 'NewExpression') return this.#sendOf(target);
    if (target.type === 'CallExpression') return this.#mapped(target);
    const held = target.type === 'Identifier' ? heldValue(this.code, target.name) : undefined;
    if (held) return held.value.type === 'Identifier' ? [] : this.#startedBy(held.value);
    const name = this.textOf(target);
    return name === undefined ? [] : [{ name, at: target, isSend: false }];
  }

  /** A Send for each element of a list that is written down. */
  #mapped({ callee, arguments: [each] }: CallExpression): Destination[] {
    if (callee.type !== 'MemberExpression' || keyOf(callee.property, callee.computed) !== 'map') {
      return [];
    }
    const { object } = callee;
    const held = object.type === 'Identifier' ? heldValue(this.code, object.name)?.value : object;
    if (held?.type !== 'ArrayExpression' || !each || !isFunction(each)) return [];
    const elements = held.elements.filter((element) => element?.type !== 'SpreadElement');
    const results = new FunctionCode(each, this.#scope).results();
    const [result, ...others] = results;
    // Locals of the function around are unknown to the one inside.
    const sends =
      result?.type === 'NewExpression' && others.length === 0 ? this.#sendOf(result) : [];
    return elements.flatMap(() => sends);
  }

  #sendOf(node: NewExpression): Destination[] {
    const first = node.arguments[0];
    if (!first || !this.isLibrary(node.callee, 'Send')) return [];
    const name = this.textOf(first);
    return name === undefined ? [] : [{ name, at: first, isSend: true }];
  }

  /** What a `goto` or the result of a router names. */
  destinationsIn(expression: Node): Pick<Goto, 'destinations' | 'isWhole'> {
    let isWhole = true;
    const destinations = alternatives(expression).flatMap((node): Destination[] => {
      const found =
        node.type === 'ArrayExpression' ? node.elements : ([node] as readonly (Node | null)[]);
      return found.flatMap((each) => {
        const target = each && bare(each);
        const name = target ? this.textOf(target) : undefined;
        if (target && name !== undefined) return [{ name, at: target, isSend: false }];
        const sends = target?.type === 'NewExpression' ? this.#sendOf(target) : [];
        if (sends.length === 0) isWhole = false;
        return sends;
      });
    });
    return { destinations, isWhole };
  }
}

const NOTHING: ReturnedUpdate = { keys: new Map(), others: new Map(), spread: undefined };

/** Whether a name is given another value, or declared once more. */
function isAssigned(code: FunctionNode, name: string): boolean {
  let found = false;
  const isIt = (node: Node) => node.type === 'Identifier' && node.name === name;
  walk(code.body, (node) => {
    found ||=
      (node.type === 'AssignmentExpression' && isIt(node.left)) ||
      (node.type === 'VariableDeclarator' && isIt(node.id)) ||
      (isFunction(node) && node.params.some(isIt));
  });
  return found;
}

function isNothing(node: Node): boolean {
  return node.type === 'NullLiteral' || isUndefined(node);
}

function isUndefined(node: Node): boolean {
  return node.type === 'Identifier' && node.name === 'undefined';
}

/** All names that a function and the functions in it declare, each with its value if it can have no other. */
function localsOf(code: FunctionNode): ReadonlyMap<string, Node | undefined> {
  const names = new Map<string, Node | undefined>();
  const bind = (pattern: Node, value?: Node | null): void =>
    walk(pattern, (node) => {
      if (node.type !== 'Identifier') return;
      names.set(node.name, names.has(node.name) ? undefined : (value ?? undefined));
    });
  walk(code, (node) => {
    if (isFunction(node)) node.params.forEach((param) => bind(param));
    if (node.type === 'VariableDeclaration') {
      for (const { id, init } of node.declarations) {
        bind(id, node.kind === 'const' && id.type === 'Identifier' ? init : undefined);
      }
    }
    if (node.type === 'CatchClause' && node.param) bind(node.param);
    const isNamed = node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration';
    if (isNamed && node.id) bind(node.id);
  });
  return names;
}

import type { Function as FunctionNode, Node } from '@babel/types';
import { BuilderDraft, graphOf, rangeOf, type GraphDraft } from './graphDraft.ts';
import type { ImportedValues } from './importedValues.ts';
import { readInputType } from './inputType.ts';
import { reducerOf } from './sourceSyntax.ts';
import { memberOf, type Placed, type Scope, type StaticValue } from './staticValue.ts';

type Value = StaticValue | undefined;

/** A call of a function. */
export interface Call {
  readonly args: readonly Placed[];
  /** The first type argument. */
  readonly type: Node | undefined;
  /** The call, with all of the chain before it. */
  readonly at: Node;
}

/** A call of a method. */
export interface MethodCall extends Call {
  readonly method: string;
  /** The method's name. */
  readonly name: Node;
}

/** What `new made(…)` gives, if that is a chat model. */
export function modelMadeBy(made: Value): Value {
  return made?.kind === 'library' && /^Chat[A-Z]/.test(made.name) ? { kind: 'model' } : undefined;
}

/** What a method gives, if that asks a model: one with more options, or a chain that a model is part of. */
export function modelOf(method: string, [owner, ...args]: readonly Value[]): Value {
  const models =
    method === 'pipe'
      ? [owner, ...args]
      : /^(?:bind|bindTools|with[A-Z]\w*)$/.test(method)
        ? [owner]
        : [];
  return models.find((value) => value?.kind === 'model');
}

/** What stands around the code that is being read. */
export interface Surroundings {
  /** The innermost statement: lenses stand there. */
  statement: Node | undefined;
  /** The innermost function body or branch: what is called in another one than it was made in may not run. */
  region: unknown;
  isInFunction: boolean;
  readonly callFunction: (code: FunctionNode, scope: Scope) => Value;
}

/** What calls make of what is known: the graphs, builders, states and models of libraries. */
export class LibraryCalls {
  readonly #imported: ImportedValues;
  readonly #surroundings: Readonly<Surroundings>;
  readonly graphs: GraphDraft[] = [];
  readonly builders: BuilderDraft[] = [];

  constructor(imported: ImportedValues, surroundings: Readonly<Surroundings>) {
    this.#imported = imported;
    this.#surroundings = surroundings;
  }

  /** `new made(...args)` */
  make(made: Value, args: readonly Placed[]): Value {
    if (made?.kind === 'library' && made.name === 'StateSchema') {
      return { kind: 'state', spec: args[0]?.value };
    }
    const model = modelMadeBy(made);
    if (model) return model;
    if (made?.kind !== 'StateGraph') return escapeAll(args);
    const value = this.#builder('graph');
    value.builder.takes(args);
    return value;
  }

  method(value: Value, call: MethodCall): Value {
    const { method, args } = call;
    if (value?.kind === 'builder') {
      const { builder } = value;
      if (builder.region !== this.#surroundings.region && method !== 'compile')
        builder.isOpen = true;
      const result = builder.call({ ...call, args: args.map((arg) => this.#imported.placed(arg)) });
      return result.kind === 'graph' ? this.graph(result.graph) : result;
    }
    if (value?.kind === 'graph') {
      value.graph.calls.push(call);
      escapeAll(args);
      return method === 'withConfig' ? value : undefined;
    }
    if (value?.kind === 'Annotation' && method === 'Root') {
      return { kind: 'state', spec: args[0]?.value };
    }
    if (value?.kind === 'zod' && /^(?:strict|loose)?object$/i.test(method)) {
      return { kind: 'state', spec: args[0]?.value };
    }
    const model = modelOf(method, [value, ...args.map((arg) => arg.value)]);
    if (model || value?.kind === 'model') {
      escapeAll(args);
      return model;
    }
    if (value?.kind === 'zod') return { kind: 'zodType' };
    if (value?.kind === 'zodType') return method === 'register' ? undefined : value;
    return this.call(memberOf(value, method), call);
  }

  call(value: Value, { args, type, at }: Call): Value {
    if (value?.kind === 'Annotation') {
      return {
        kind: 'key',
        type: (!type && value.type) || readInputType(type),
        reducer: reducerOf(args[0]),
        at,
      };
    }
    escapeAll(args);
    if (value?.kind === 'namespace') return value;
    if (value?.kind === 'library' && value.name === 'task') return { kind: 'task' };
    if (value?.kind === 'function') return this.#surroundings.callFunction(value.code, value.scope);
    if (value?.kind === 'agent') return this.#agent(value, args);
    if (value?.kind !== 'entrypoint') return undefined;
    const options = args[0]?.value;
    const { builder } = this.#builder('entrypoint');
    builder.isCompiled = true;
    return this.graph(
      graphOf(builder, options?.kind === 'text' ? options : memberOf(options, 'name')),
    );
  }

  #agent({ isBuilder }: { readonly isBuilder: boolean }, [options]: readonly Placed[]): Value {
    const made = this.#builder('graph');
    made.builder.isOpen = true;
    if (isBuilder) return made;
    made.builder.isCompiled = true;
    return this.graph(graphOf(made.builder, memberOf(options?.value, 'name')));
  }

  #builder(kind: BuilderDraft['kind']): { kind: 'builder'; builder: BuilderDraft } {
    const { statement, region } = this.#surroundings;
    const builder = new BuilderDraft(kind, rangeOf(statement ?? {}), region);
    this.builders.push(builder);
    return { kind: 'builder', builder };
  }

  graph(graph: GraphDraft): Value {
    if (this.#surroundings.isInFunction) graph.isInFunction = true;
    this.graphs.push(graph);
    return { kind: 'graph', graph };
  }
}

/** Notes that code which is not followed has hold of a value. */
export function escape(value: Value): Value {
  if (value?.kind === 'builder') value.builder.isOpen = true;
  return value;
}

function escapeAll(args: readonly Placed[]): undefined {
  for (const { value } of args) escape(value);
}

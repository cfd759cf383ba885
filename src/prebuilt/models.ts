/** Anything that is asked by `invoke`: a model of LangChain or ours, or a chain around one. */
export interface Asked {
  invoke(input: any, config?: any): unknown;
}

/** What chains of LangChain have besides; its classes are not to be had here. */
interface Chain extends Asked {
  /** Of a sequence. */
  readonly steps?: readonly Chain[];
  /** Of a binding, as `bind` and `withConfig` make it. */
  readonly bound?: Chain;
  readonly kwargs?: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly configFactories?: unknown;
  bindTools?(tools: readonly unknown[]): Asked;
}

/**
 * The model with its tools, bound unless somebody has done so: in the model itself, in a binding of
 * one, or in the step of a sequence that is one.
 * @throws {TypeError} if there is nothing that tools can be bound to, or what is bound are other tools.
 */
export function bindTools(model: Asked, tools: readonly unknown[]): Asked {
  const inner = modelIn(model);
  const bound = inner.kwargs?.['tools'] ?? inner.config?.['tools'];
  if (Array.isArray(bound)) return checked(model, bound, tools);
  if (inner === model) return bindTo(inner, tools);
  const steps = (model as Chain).steps!.map((step) =>
    step === inner ? bindTo(step, tools) : step,
  );
  const sequence = model.constructor as unknown as { from(steps: readonly Asked[]): Asked };
  return sequence.from(steps);
}

/** The model itself, without tools and chains around it. */
export function modelOf(model: Asked): Asked {
  const inner = modelIn(model);
  return inner.bound ?? inner;
}

/** Of a sequence, the step that is a model. */
function modelIn(model: Chain): Chain {
  const isModel = (step: Chain) => 'bindTools' in step || (step.bound && 'bindTools' in step.bound);
  return model.steps?.find(isModel) ?? model;
}

function bindTo(model: Chain, tools: readonly unknown[]): Asked {
  if (model.bindTools) return model.bindTools(tools);
  if (!model.bound?.bindTools) {
    const name = model.constructor.name;
    throw new TypeError(
      `Cannot create an agent: its model (${name}) has no bindTools(), and so cannot be told of tools`,
    );
  }
  const bound = model.bound.bindTools(tools) as Chain;
  const Binding = model.constructor as new (fields: Partial<Chain>) => Chain;
  const { bound: inside = bound, kwargs, config, configFactories } = bound;
  return new Binding({
    bound: inside,
    kwargs: { ...model.kwargs, ...kwargs },
    config: { ...model.config, ...config },
    configFactories: configFactories ?? model.configFactories,
  });
}

/** A model whose tools are bound already must know all that the agent can call. */
function checked(model: Asked, bound: readonly any[], tools: readonly unknown[]): Asked {
  const declared = bound.flatMap((each) => (each?.functionDeclarations as any[]) ?? each);
  const known = new Set(declared.map(nameOf));
  const missing = tools.map(nameOf).filter((name) => name !== undefined && !known.has(name));
  if (missing.length === 0) return model;
  throw new TypeError(
    `Cannot create an agent: its model has tools bound already, and not these: ${missing.join(', ')}`,
  );
}

function nameOf(tool: any): string | undefined {
  return (tool?.function?.name ?? tool?.toolSpec?.name ?? tool?.name) as string | undefined;
}

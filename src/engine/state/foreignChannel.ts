import type { ChannelSpec } from './channel.ts';

/** A channel of LangGraph.js, by its mark. */
interface ForeignChannel {
  readonly lc_graph_name: string;
  readonly operator?: unknown;
  readonly initialValueFactory?: unknown;
}

/**
 * What a field of LangGraph.js says of its key: a channel, or a function that makes one, as its
 * `Annotation` gives. `undefined` for everything else, and for channels that are neither a last value
 * nor a reducer.
 */
export function readForeignField(
  field: unknown,
): Pick<ChannelSpec, 'type' | 'required' | 'reducer' | 'initial'> | undefined {
  const channel = toChannel(field);
  if (channel === undefined) return undefined;
  const { lc_graph_name: name, operator, initialValueFactory: initial } = channel;
  const rest = { type: 'any', required: false };
  if (name === 'LastValue') return rest;
  if (name !== 'BinaryOperatorAggregate' || typeof operator !== 'function') return undefined;
  return {
    ...rest,
    reducer: operator as NonNullable<ChannelSpec['reducer']>,
    ...(typeof initial === 'function' && { initial: initial as () => unknown }),
  };
}

/** The fields of a state that LangGraph's `Annotation.Root` has made. */
export function foreignFields(init: object): Record<string, unknown> | undefined {
  const { lc_graph_name: name, spec } = init as { lc_graph_name?: unknown; spec?: unknown };
  const isRoot = name === 'AnnotationRoot' && typeof spec === 'object' && spec !== null;
  return isRoot ? (spec as Record<string, unknown>) : undefined;
}

function toChannel(field: unknown): ForeignChannel | undefined {
  const made: unknown = typeof field === 'function' ? tryToMake(field) : field;
  const isChannel = typeof made === 'object' && made !== null && 'lc_graph_name' in made;
  return isChannel ? (made as ForeignChannel) : undefined;
}

/** What is a class, or needs more, makes none. */
function tryToMake(field: object): unknown {
  try {
    return (field as () => unknown)();
  } catch {
    return undefined;
  }
}

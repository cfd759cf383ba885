import { Annotation } from '../state/annotation.ts';
import { isStateInit, isStateSpec } from '../state/declare.ts';
import type { StateInit } from '../state/stateTypes.ts';
import type { StateGraphOptions } from './graphOptions.ts';

/** The parts that a graph is made of. */
export type StateGraphParts = { state: unknown } & StateGraphOptions;

/** One key in the oldest form that LangGraph takes: `null`, a reducer, or one with a default. */
export type ChannelForm =
  | null
  | undefined
  | ((current: any, update: any) => any)
  | {
      readonly value?: ((current: any, update: any) => any) | null;
      readonly reducer?: (current: any, update: any) => any;
      readonly default?: () => any;
    };

/** Reads every form in which a state and its parts can be given to `new StateGraph`. */
export function readStateForms(first: unknown, options: StateGraphOptions): StateGraphParts {
  if (typeof first !== 'object' || first === null || isStateInit(first)) {
    return { ...options, state: first };
  }
  if (isStateSpec(first)) return { ...options, state: Annotation.Root(first) };
  const { stateSchema, channels, ...parts } = first as Partial<StateGraphParts> & {
    readonly stateSchema?: unknown;
    readonly channels?: Readonly<Record<string, ChannelForm>>;
  };
  if ('state' in parts) return { ...options, ...parts, state: parts.state };
  if (stateSchema !== undefined) return { ...options, ...parts, state: stateSchema };
  if (channels) return { ...options, ...parts, state: ofChannels(channels) };
  // Without a state of its own, a graph has the keys that it takes and those that it gives.
  if (isStateInit(parts.input)) return { ...options, ...parts, state: parts.input };
  return { ...options, state: first };
}

function ofChannels(channels: Readonly<Record<string, ChannelForm>>): StateInit {
  return Annotation.Root(
    Object.fromEntries(Object.entries(channels).map(([key, form]) => [key, toField(form)])),
  );
}

function toField(form: ChannelForm) {
  const {
    value,
    reducer = value,
    default: initial,
  } = typeof form === 'function' ? { value: form } : (form ?? {});
  if (typeof reducer !== 'function') return Annotation<any>();
  return Annotation<any>({ reducer, ...(initial && { default: initial }) });
}

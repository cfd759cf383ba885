import type { CallExpression, Node, OptionalCallExpression } from '@babel/types';
import { textOf, type KeyReducer, type Placed, type StaticValue } from './staticValue.ts';

/** Modules whose `StateGraph`, agents and models are meant. */
const LIBRARY = /^(?:superstep|langchain|deepagents)(?:\/|$)|^@langchain\//;

/** Modules of the workspace, which may pass these on. */
const LOCAL = /^\.{1,2}(?:\/|$)|^[#~]|^@\//;

const ZOD = /^zod(?:\/v\d)?$/;

type Value = StaticValue | undefined;

/** How an `Annotation` with these options joins the writes of its key. */
export function reducerOf(options: Placed | undefined): KeyReducer {
  if (!options) return 'none';
  if (options.value?.kind !== 'object') return 'unknown';
  const { entries } = options.value;
  return entries.get('reducer') ?? entries.get('value') ?? 'unknown';
}

/** The first type argument of a call. */
export function typeArgumentOf({
  typeArguments,
}: CallExpression | OptionalCallExpression): Node | undefined {
  return typeArguments?.type === 'TSTypeParameterInstantiation'
    ? typeArguments.params[0]
    : undefined;
}

/** Whether a property of a node is a node too. */
export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

/** The text of a name or of a literal key. */
export function keyText(node: Node): string | undefined {
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'StringLiteral') return node.value;
  return node.type === 'NumericLiteral' ? String(node.value) : undefined;
}

/** `module.exports` of a chain of plain names. */
export function pathOf(node: Node): string | undefined {
  if (node.type === 'Identifier') return node.name;
  if (node.type !== 'MemberExpression' || node.computed) return undefined;
  return `${pathOf(node.object)}.${keyText(node.property)}`;
}

/** What an imported module is known to be by its name. */
export function moduleOf(source: Node): Value {
  if (source.type !== 'StringLiteral') return undefined;
  if (ZOD.test(source.value)) return { kind: 'zod' };
  if (LOCAL.test(source.value)) return { kind: 'namespace', local: source.value };
  return LIBRARY.test(source.value) ? { kind: 'namespace' } : undefined;
}

/** The text of parts that are all known. */
export function concatenate(parts: readonly Value[]): Value {
  const texts = parts.map(textOf);
  return texts.includes(undefined) ? undefined : { kind: 'text', text: texts.join('') };
}

/** A graph goes by the first variable that holds it. */
export function giveName(value: Value, name: string): void {
  if (value?.kind === 'builder') value.builder.localName ??= name;
  else if (value?.kind === 'graph') value.graph.localName ??= name;
}

import type { Node } from '@babel/types';

/** A type as the source text writes it, as far as an input can be checked against it. */
export interface InputType {
  /** In the form of `InputField.type`; `any` for all but simple types. */
  readonly type: string;
  /** The type has `undefined` in it, or says nothing. */
  readonly optional: boolean;
}

const KEYWORDS: Readonly<Record<string, string>> = {
  TSStringKeyword: 'string',
  TSNumberKeyword: 'number',
  TSBooleanKeyword: 'boolean',
};

const LISTS = new Set(['Array', 'ReadonlyArray']);

/** Types that stand for any value, `undefined` among them. */
const SAYS_NOTHING = new Set(['TSAnyKeyword', 'TSUnknownKeyword', 'TSUndefinedKeyword']);

/**
 * Reads a type: `string`, `number`, `boolean`, literals and their unions, lists of these, and
 * `undefined` beside them. Aliases are not followed.
 */
export function readInputType(node: Node | undefined): InputType {
  const members = node ? membersOf(node) : [];
  const present = members.filter(({ type }) => type !== 'TSUndefinedKeyword');
  return {
    type: unionName(present) ?? 'any',
    optional:
      present.length < members.length || present.every(({ type }) => SAYS_NOTHING.has(type)),
  };
}

function membersOf(node: Node): readonly Node[] {
  if (node.type === 'TSParenthesizedType') return membersOf(node.typeAnnotation);
  return node.type === 'TSUnionType' ? node.types.flatMap(membersOf) : [node];
}

/** `undefined` for anything that is not simple. */
function unionName(members: readonly Node[]): string | undefined {
  const [first, ...others] = members;
  if (!first) return undefined;
  if (others.length === 0) return literalName(first) ?? nameOf(first);
  const names = members.map(literalName);
  return names.includes(undefined) ? undefined : names.join(' | ');
}

function nameOf(node: Node): string | undefined {
  switch (node.type) {
    case 'TSArrayType':
      return listOf(node.elementType);
    case 'TSTypeOperator':
      return node.operator === 'readonly' ? nameOf(node.typeAnnotation) : undefined;
    case 'TSTypeReference': {
      const [item] = node.typeArguments?.params ?? [];
      const isList = node.typeName.type === 'Identifier' && LISTS.has(node.typeName.name);
      return isList && item ? listOf(item) : undefined;
    }
    default:
      return KEYWORDS[node.type];
  }
}

function listOf(item: Node): string {
  const name = unionName(membersOf(item)) ?? 'any';
  return name.includes(' | ') ? `(${name})[]` : `${name}[]`;
}

/** A literal as JSON. */
function literalName(node: Node): string | undefined {
  if (node.type !== 'TSLiteralType') return undefined;
  const { literal } = node;
  switch (literal.type) {
    case 'StringLiteral':
    case 'NumericLiteral':
    case 'BooleanLiteral':
      return JSON.stringify(literal.value);
    case 'UnaryExpression': {
      const { operator, argument } = literal;
      const isNegative = operator === '-' && argument.type === 'NumericLiteral';
      return isNegative ? String(-argument.value) : undefined;
    }
    default:
      return undefined;
  }
}

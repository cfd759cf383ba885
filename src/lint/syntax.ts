import type { Function as FunctionNode, Node, ObjectExpression } from '@babel/types';
import type { Located } from '../loader/source/staticValue.ts';
import type { Span } from './span.ts';

/** The offsets of a piece of syntax. Only of texts that were parsed as a whole. */
export function spanOf(at: Located): Span {
  const { start, end } = at as { start?: number | null; end?: number | null };
  return { start: start ?? 0, end: end ?? 0 };
}

/** Whether something is a place in this text, rather than in the library. */
export function isPlaced(at: Located | undefined): at is Node {
  return at?.loc != null;
}

/** A function of any form. */
export function isFunction(node: Node): node is FunctionNode {
  return (
    node.type === 'ArrowFunctionExpression' ||
    node.type === 'FunctionExpression' ||
    node.type === 'FunctionDeclaration' ||
    node.type === 'ObjectMethod' ||
    node.type === 'ClassMethod' ||
    node.type === 'ClassPrivateMethod'
  );
}

/**
 * Visits a piece of syntax and all that is in it, in the order of the text.
 * @param visit Gives `false` to leave out what is inside.
 */
export function walk(root: Node, visit: (node: Node) => boolean | void): void {
  const open: Node[] = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    if (visit(node) === false) continue;
    open.push(...childrenOf(node).reverse());
  }
}

/** As `walk`, but not into functions inside. */
export function walkOwn(code: FunctionNode, visit: (node: Node) => boolean | void): void {
  walk(code.body, (node) => (isFunction(node) ? false : visit(node)));
}

function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  for (const value of Object.values(node) as unknown[]) {
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (isNode(child) && !isType(child)) children.push(child);
    }
  }
  return children;
}

function isType({ type }: Node): boolean {
  return type.startsWith('TSType') && type !== 'TSTypeAssertion';
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

/** What an expression is about, without types, brackets and `await` around it. */
export function bare(node: Node): Node {
  switch (node.type) {
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
      return bare(node.expression);
    case 'AwaitExpression':
      return bare(node.argument);
    default:
      return node;
  }
}

/** All that an expression may come to, as far as its form tells. */
export function alternatives(node: Node): Node[] {
  const inner = bare(node);
  if (inner.type === 'ConditionalExpression') {
    return [inner.consequent, inner.alternate].flatMap(alternatives);
  }
  if (inner.type === 'LogicalExpression') return [inner.left, inner.right].flatMap(alternatives);
  return [inner];
}

/** The name of a property's key, or of a member that is accessed. */
export function keyOf(key: Node, computed: boolean): string | undefined {
  if (key.type === 'StringLiteral') return key.value;
  return key.type === 'Identifier' && !computed ? key.name : undefined;
}

/** A property of an object literal, and whether the object has parts that the text does not tell. */
export function propertiesOf({ properties }: ObjectExpression): {
  readonly entries: ReadonlyMap<string, { readonly key: Node; readonly value: Node }>;
  readonly isWhole: boolean;
} {
  const entries = new Map<string, { key: Node; value: Node }>();
  let isWhole = true;
  for (const property of properties) {
    const name =
      property.type === 'SpreadElement' ? undefined : keyOf(property.key, property.computed);
    if (name === undefined || property.type === 'SpreadElement') isWhole = false;
    else {
      const value = property.type === 'ObjectProperty' ? property.value : property;
      entries.set(name, { key: property.key, value });
    }
  }
  return { entries, isWhole };
}

/** Whether code after a statement is never reached. */
export function endsAlways(node: Node): boolean {
  switch (node.type) {
    case 'ReturnStatement':
    case 'ThrowStatement':
      return true;
    case 'BlockStatement':
      return node.body.some(endsAlways);
    case 'IfStatement':
      return !!node.alternate && endsAlways(node.consequent) && endsAlways(node.alternate);
    case 'TryStatement':
      return (
        (!!node.finalizer && endsAlways(node.finalizer)) ||
        (endsAlways(node.block) && (!node.handler || endsAlways(node.handler.body)))
      );
    case 'SwitchStatement':
      return (
        node.cases.some(({ test }) => !test) &&
        node.cases.at(-1)!.consequent.some(endsAlways) &&
        !node.cases.some(({ consequent }) => consequent.some(hasBreak))
      );
    default:
      return false;
  }
}

function hasBreak(node: Node): boolean {
  let found = false;
  walk(node, (inner) => {
    found ||= inner.type === 'BreakStatement';
    return !found && !isFunction(inner);
  });
  return found;
}

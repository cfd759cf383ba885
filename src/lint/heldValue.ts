import type { Function as FunctionNode, Node } from '@babel/types';
import { alternatives, bare, isFunction, keyOf, walk } from './syntax.ts';

/** What a variable of a function holds. */
export interface HeldValue {
  /** What it was declared with. */
  readonly value: Node;
  /** Keys that it may be given after that: name → where. */
  readonly added: ReadonlyMap<string, Node>;
}

/** Methods that take nothing out of a list. */
const KEEPING = new Set(['push', 'unshift', 'map', 'forEach', 'filter', 'some', 'every', 'join']);

/**
 * What a variable holds for certain: declared once with a value, given no other, and used in no way that may
 * take something out of it. `undefined` if that cannot be told.
 */
export function heldValue(code: FunctionNode, name: string): HeldValue | undefined {
  const added = new Map<string, Node>();
  const values: (Node | null | undefined)[] = [];
  let uses = 0;
  let harmless = 0;
  const isIt = (node: Node | null | undefined): boolean =>
    node?.type === 'Identifier' && node.name === name;
  const allow = (node: Node | null | undefined) => {
    if (node && isIt(bare(node))) harmless++;
  };
  for (const param of code.params) walk(param, (node) => void (uses += Number(isIt(node))));
  walk(code.body, (node) => {
    if (isIt(node)) uses++;
    switch (node.type) {
      case 'VariableDeclarator':
        if (!isIt(node.id)) break;
        values.push(node.init);
        harmless++;
        break;
      case 'ReturnStatement':
        if (node.argument) alternatives(node.argument).forEach(allow);
        break;
      case 'SpreadElement':
        allow(node.argument);
        break;
      case 'ObjectProperty':
        // The key is a name of its own.
        if (!node.computed && isIt(node.key)) harmless++;
        // Of a command, whose caller reads it.
        if (keyOf(node.key, node.computed) === 'update') allow(node.value);
        if (keyOf(node.key, node.computed) === 'goto') allow(node.value);
        break;
      case 'MemberExpression':
        if (isIt(node.object)) harmless++;
        if (!node.computed && isIt(node.property)) harmless++;
        break;
      case 'CallExpression': {
        const { callee } = node;
        if (callee.type !== 'MemberExpression' || !isIt(callee.object)) break;
        if (!KEEPING.has(keyOf(callee.property, callee.computed) ?? '')) uses++;
        break;
      }
      case 'AssignmentExpression': {
        const { left, right, operator } = node;
        if (left.type !== 'MemberExpression' || !isIt(left.object)) break;
        const key = keyOf(left.property, left.computed);
        const isValue = !(right.type === 'Identifier' && right.name === 'undefined');
        if (operator !== '=' || key === undefined || key === 'length' || !isValue) uses++;
        else added.set(key, left.property);
        break;
      }
      case 'UnaryExpression':
        if (node.operator !== 'delete' || node.argument.type !== 'MemberExpression') break;
        if (isIt(node.argument.object)) uses++;
        break;
      default:
    }
  });
  const [value] = values;
  const isOwn = value != null && !isInner(code, name);
  return isOwn && values.length === 1 && uses === harmless
    ? { value: bare(value), added }
    : undefined;
}

/** Whether a function inside declares it, or takes it for a parameter. */
function isInner(code: FunctionNode, name: string): boolean {
  let found = false;
  walk(code.body, (node) => {
    if (!isFunction(node)) return;
    walk(node, (inner) => {
      found ||= inner.type === 'VariableDeclarator' && 'name' in inner.id && inner.id.name === name;
    });
  });
  return found;
}

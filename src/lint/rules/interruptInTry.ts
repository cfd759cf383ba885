import type { CallExpression, Node, TryStatement } from '@babel/types';
import type { FunctionCode } from '../functionCode.ts';
import type { Rule } from '../rule.ts';
import { isFunction, spanOf, walk, walkOwn } from '../syntax.ts';

/** `interrupt()` where a `catch` takes what it throws. */
export const interruptInTry: Rule = {
  id: 'interrupt-in-try',
  severity: 'error',
  title: 'An interrupt is caught by the node itself',
  cause:
    'The first time that it is reached, `interrupt()` leaves the node by throwing. A `catch` around it ' +
    'takes that for an error: the node goes on without an answer, and nobody is asked.',
  cure: 'Ask outside of `try`, or throw on what is not an error of yours.',
  example: `const State = Annotation.Root({ answer: Annotation<string>() });

export const graph = new StateGraph(State)
  .addNode('ask', () => {
    try {
      return { answer: interrupt('Really?') as string };
    } catch {
      return { answer: 'no' };
    }
  })
  .addEdge(START, 'ask')
  .compile();`,
  *check({ functions }) {
    for (const code of functions) {
      for (const block of swallowing(code.code)) {
        for (const call of interruptsIn(block, code)) {
          yield {
            at: spanOf(call.callee),
            message:
              'The catch of this try takes what interrupt() throws, so nobody is asked. Ask outside of the try, or throw on what is not an error of yours.',
          };
        }
      }
    }
  },
};

/** Blocks whose errors end in a `catch` that does not throw at all. */
function swallowing(code: Parameters<typeof walkOwn>[0]): Node[] {
  const found: Node[] = [];
  walkOwn(code, (node) => {
    if (node.type === 'TryStatement' && node.handler && !mayThrow(node)) found.push(node.block);
  });
  return found;
}

/** It throws on, or hands the error to somebody who may. */
function mayThrow({ handler }: TryStatement): boolean {
  const { param, body } = handler!;
  let may = false;
  walk(body, (node) => {
    may ||= node.type === 'ThrowStatement';
    const isHanded =
      node.type === 'CallExpression' &&
      !isLog(node.callee) &&
      node.arguments.some(
        (each) =>
          each.type === 'Identifier' && param?.type === 'Identifier' && each.name === param.name,
      );
    may ||= isHanded;
  });
  return may;
}

function isLog(callee: Node): boolean {
  return (
    (callee.type === 'Identifier' && callee.name === 'String') ||
    (callee.type === 'MemberExpression' &&
      callee.object.type === 'Identifier' &&
      /^(?:console|log|logger)$/.test(callee.object.name))
  );
}

function interruptsIn(block: Node, code: FunctionCode): CallExpression[] {
  const found: CallExpression[] = [];
  walk(block, (node) => {
    if (isFunction(node)) return false;
    // An inner one is looked at by itself.
    if (node.type === 'TryStatement' && node.handler) return false;
    if (node.type === 'CallExpression' && code.isLibrary(node.callee, 'interrupt'))
      found.push(node);
    return true;
  });
  return found;
}

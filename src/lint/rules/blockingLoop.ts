import type { DoWhileStatement, ForStatement, Node, WhileStatement } from '@babel/types';
import type { Rule } from '../rule.ts';
import { isFunction, spanOf, walk, walkOwn } from '../syntax.ts';

type Loop = WhileStatement | DoWhileStatement | ForStatement;

/** A loop that waits without letting anything else run. */
export const blockingLoop: Rule = {
  id: 'blocking-loop',
  severity: 'warning',
  title: 'A loop blocks the thread',
  cause:
    'Nodes of a superstep share one thread. A loop that only waits for the time to pass, or never ends, ' +
    'holds up all of them; no timeout and no Stop can reach it but by ending the thread.',
  cure: 'Wait with `await`, such as `await new Promise((done) => setTimeout(done, 100))`.',
  example: `const State = Annotation.Root({ n: Annotation<number>() });

export const graph = new StateGraph(State)
  .addNode('wait', () => {
    const end = Date.now() + 1000;
    while (Date.now() < end);
    return { n: 1 };
  })
  .addEdge(START, 'wait')
  .compile();`,
  *check({ functions }) {
    for (const code of functions) {
      const found: Loop[] = [];
      walkOwn(code.code, (node) => {
        if (isLoop(node) && (isEndless(node) || isBusy(node))) found.push(node);
      });
      for (const loop of found) {
        yield {
          // `for (;;)` has no condition to point at.
          at: spanOf(loop.test ?? loop),
          message: `This loop ${isBusy(loop) ? 'waits without letting' : 'never ends and lets'} anything else run${isBusy(loop) ? '' : ' no more'}: nodes beside it, timeouts and Stop. Wait with await.`,
        };
      }
    }
  },
};

function isLoop(node: Node): node is Loop {
  return ['WhileStatement', 'DoWhileStatement', 'ForStatement'].includes(node.type);
}

function isEndless({ test, body }: Loop): boolean {
  const isTrue =
    !test ||
    (test.type === 'BooleanLiteral' && test.value) ||
    (test.type === 'NumericLiteral' && test.value !== 0);
  return isTrue && !has(body, ENDS) && !asks(body);
}

/** What ends a loop, or lets others run. */
const ENDS = /^(?:Break|Return|Throw)Statement$|^(?:Await|Yield)Expression$/;

/** A question leaves the node until it is answered. */
function asks(body: Node): boolean {
  let found = false;
  walk(body, (node) => {
    found ||=
      node.type === 'CallExpression' &&
      node.callee.type === 'Identifier' &&
      node.callee.name === 'interrupt';
  });
  return found;
}

/** It compares the time, and does nothing but that. */
function isBusy({ test, body }: Loop): boolean {
  if (!test) return false;
  let asksTime = false;
  walk(test, (node) => {
    const callee = node.type === 'CallExpression' ? node.callee : undefined;
    asksTime ||=
      callee?.type === 'MemberExpression' &&
      callee.object.type === 'Identifier' &&
      /^(?:Date|performance)$/.test(callee.object.name) &&
      callee.property.type === 'Identifier' &&
      callee.property.name === 'now';
  });
  return asksTime && !has(test, /^Await/) && isEmpty(body);
}

function isEmpty(body: Node): boolean {
  return (
    body.type === 'EmptyStatement' || (body.type === 'BlockStatement' && body.body.length === 0)
  );
}

function has(node: Node, type: RegExp): boolean {
  let found = false;
  walk(node, (inner) => {
    found ||= type.test(inner.type) || (inner.type === 'ForOfStatement' && inner.await);
    return !isFunction(inner);
  });
  return found;
}

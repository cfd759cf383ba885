import type { DoWhileStatement, Node, WhileStatement } from '@babel/types';
import type { Rule } from '../rule.ts';
import { isFunction, spanOf, walk, walkOwn } from '../syntax.ts';

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
      const found: (WhileStatement | DoWhileStatement)[] = [];
      walkOwn(code.code, (node) => {
        if (node.type !== 'WhileStatement' && node.type !== 'DoWhileStatement') return;
        if (isEndless(node) || isBusy(node)) found.push(node);
      });
      for (const loop of found) {
        yield {
          at: spanOf(loop.test),
          message: `This loop ${isBusy(loop) ? 'waits without letting' : 'never ends and lets'} anything else run${isBusy(loop) ? '' : ' no more'}: nodes beside it, timeouts and Stop. Wait with await.`,
        };
      }
    }
  },
};

function isEndless({ test, body }: WhileStatement | DoWhileStatement): boolean {
  const isTrue =
    (test.type === 'BooleanLiteral' && test.value) ||
    (test.type === 'NumericLiteral' && test.value !== 0);
  return isTrue && !has(body, /^(?:Break|Return|Throw)Statement$|^(?:Await|Yield)Expression$/);
}

/** It compares the time, and does nothing but that. */
function isBusy({ test, body }: WhileStatement | DoWhileStatement): boolean {
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

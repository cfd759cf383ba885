import type { CallExpression, Node, Statement } from '@babel/types';
import type { FunctionCode } from '../functionCode.ts';
import type { Rule } from '../rule.ts';
import { endsAlways, isFunction, keyOf, propertiesOf, spanOf, walk } from '../syntax.ts';

/** What is done before a question is done again with the answer. */
export const effectBeforeInterrupt: Rule = {
  id: 'effect-before-interrupt',
  severity: 'information',
  title: 'A node has an effect before it asks, and again with the answer',
  cause:
    'With the answer, the node runs again from its beginning, up to the `interrupt()` that then gives it. ' +
    'What it has sent, written or asked a model before that happens twice.',
  cure: 'Do it in a node before this one, after the question, or in a `task`, whose result is kept.',
  example: `const State = Annotation.Root({ answer: Annotation<string>() });

export const graph = new StateGraph(State)
  .addNode('ask', async () => {
    await fetch('https://example.com/orders', { method: 'POST' });
    return { answer: interrupt('Really?') as string };
  })
  .addEdge(START, 'ask')
  .compile();`,
  *check({ functions }) {
    for (const code of functions) {
      const { body } = code.code;
      if (body.type !== 'BlockStatement') continue;
      for (const { call, what } of effectsBefore(body.body, code)) {
        yield {
          at: spanOf(call),
          message: `${what} again with the answer, since the node then runs from its beginning. Do it in a node before, after the question, or in a task.`,
        };
      }
    }
  },
};

interface Effect {
  readonly call: CallExpression;
  /** What happens, as the beginning of a sentence. */
  readonly what: string;
}

/** Effects in statements that always run before one that asks. */
function effectsBefore(statements: readonly Statement[], code: FunctionCode): Effect[] {
  const effects: Effect[] = [];
  for (const [i, statement] of statements.entries()) {
    if (asks(statement, code)) {
      const before = effects.slice();
      const inner = blockOf(statement);
      return inner ? [...before, ...effectsBefore(inner, code)] : before;
    }
    if (endsAlways(statement)) return [];
    if (i < statements.length - 1 && isPlain(statement))
      effects.push(...effectsIn(statement, code));
  }
  return [];
}

/** What is in it is done, whatever the state is. */
function isPlain({ type }: Statement): boolean {
  return type === 'ExpressionStatement' || type === 'VariableDeclaration';
}

function blockOf(statement: Statement): readonly Statement[] | undefined {
  if (statement.type === 'BlockStatement') return statement.body;
  const inner = statement.type === 'IfStatement' ? statement.consequent : undefined;
  return inner?.type === 'BlockStatement' ? inner.body : undefined;
}

function asks(node: Node, code: FunctionCode): boolean {
  let found = false;
  walk(node, (inner) => {
    found ||= inner.type === 'CallExpression' && code.isLibrary(inner.callee, 'interrupt');
    return !isFunction(inner);
  });
  return found;
}

function effectsIn(node: Node, code: FunctionCode): Effect[] {
  const effects: Effect[] = [];
  walk(node, (inner) => {
    const what = inner.type === 'CallExpression' ? effectOf(inner, code) : undefined;
    if (inner.type === 'CallExpression' && what) effects.push({ call: inner, what });
    // What is behind a condition may have seen to it.
    return !isFunction(inner) && !/^(?:Conditional|Logical)/.test(inner.type);
  });
  return effects;
}

const WRITES = /^(?:writeFile|appendFile|rm|unlink|rename|mkdir)(?:Sync)?$/;
const SENDS = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

function effectOf(
  { callee, arguments: args }: CallExpression,
  code: FunctionCode,
): string | undefined {
  if (callee.type === 'Identifier' && callee.name === 'fetch') {
    const init = args[1]?.type === 'ObjectExpression' ? propertiesOf(args[1]).entries : undefined;
    const method = init?.get('method')?.value;
    return method && SENDS.has(code.textOf(method)?.toUpperCase() ?? '')
      ? 'This request is sent'
      : undefined;
  }
  if (callee.type !== 'MemberExpression') return undefined;
  const method = keyOf(callee.property, callee.computed) ?? '';
  const owner = callee.object;
  if (
    owner.type === 'Identifier' &&
    /^(?:fs|fsp|fsPromises)$/.test(owner.name) &&
    WRITES.test(method)
  ) {
    return 'The file is changed';
  }
  const isCall = method === 'invoke' || method === 'stream' || method === 'batch';
  return isCall && code.valueOf(owner)?.kind === 'model' ? 'The model is asked' : undefined;
}

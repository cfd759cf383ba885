import type { CallExpression, Node } from '@babel/types';
import type { FunctionCode } from '../functionCode.ts';
import type { Finding, Rule } from '../rule.ts';
import { bare, isFunction, keyOf, spanOf, walk } from '../syntax.ts';
import { replace } from '../textEdits.ts';

/** What changes a list in place, and its twin that gives another list. */
const CHANGES: Readonly<Record<string, string | undefined>> = {
  push: undefined,
  pop: undefined,
  shift: undefined,
  unshift: undefined,
  splice: undefined,
  fill: undefined,
  copyWithin: undefined,
  sort: 'toSorted',
  reverse: 'toReversed',
};

/** A node writes to the state that it was given. */
export const stateMutation: Rule = {
  id: 'state-mutation',
  severity: 'warning',
  title: 'A node changes the state in place',
  cause:
    'What a node is given is read only: nodes of one superstep share it, and checkpoints hold on to it. ' +
    'Changing it throws; in LangGraph it goes through, changes what others see, and is lost on resuming.',
  cure: 'Make a changed copy, and return it as an update.',
  example: `const State = Annotation.Root({ words: Annotation<string[]>() });

export const graph = new StateGraph(State)
  .addNode('sort', (state) => ({ words: state.words.sort() }))
  .addEdge(START, 'sort')
  .compile();`,
  *check({ graphs }) {
    const seen = new Set<Node>();
    for (const { nodes, routers } of graphs) {
      for (const { code } of [...nodes.values(), ...routers]) {
        if (!code || seen.has(code.code)) continue;
        seen.add(code.code);
        yield* changesIn(code);
      }
    }
  },
};

function* changesIn({ code }: FunctionCode): Generator<Finding> {
  const [param] = code.params;
  const given = param?.type === 'AssignmentPattern' ? param.left : param;
  const names = givenNames(given, code);
  if (names.size === 0 || isNarrowed(code, names)) return;
  const found: Finding[] = [];
  walk(code.body, (node) => {
    if (node.type === 'CallExpression') found.push(...changeByCall(node, names));
    const target =
      node.type === 'AssignmentExpression'
        ? node.left
        : node.type === 'UpdateExpression'
          ? node.argument
          : node.type === 'UnaryExpression' && node.operator === 'delete'
            ? node.argument
            : undefined;
    const path = target && pathOf(target);
    if (!target || !path || path.length < 2 || !names.has(path[0]!)) return;
    found.push({ at: spanOf(target), message: message(path) });
  });
  yield* found;
}

/** Whether the code asks what it was given, as `isCommand(state)` does: that need not be the state. */
function isNarrowed(code: Node, names: ReadonlySet<string>): boolean {
  let found = false;
  const isGiven = (node: Node | null | undefined) =>
    node?.type === 'Identifier' && names.has(node.name);
  walk(code, (node) => {
    if (node.type === 'CallExpression' && node.callee.type === 'Identifier') {
      found ||= /^is[A-Z]/.test(node.callee.name) && node.arguments.some(isGiven);
    }
    found ||=
      node.type === 'BinaryExpression' && node.operator === 'instanceof' && isGiven(node.left);
  });
  return found;
}

function changeByCall({ callee }: CallExpression, names: ReadonlySet<string>): Finding[] {
  if (callee.type !== 'MemberExpression') return [];
  const method = keyOf(callee.property, callee.computed) ?? '';
  const path = pathOf(callee.object);
  if (!Object.hasOwn(CHANGES, method) || !path || !names.has(path[0]!)) return [];
  const twin = CHANGES[method];
  return [
    {
      at: spanOf(callee),
      message: `${message(path)}${twin ? `, as ${twin}() does` : ''}`,
      ...(twin && {
        fixes: [{ title: `Use ${twin}()`, edits: [replace(callee.property, twin)] }],
      }),
    },
  ];
}

function message(path: readonly string[]): string {
  return `${path.join('.')} is part of the state, which must not be changed in place: return a changed copy`;
}

/**
 * The parameter itself, or the keys that it is taken apart into; those that are declared again, or that
 * are given another value, are left out.
 */
function givenNames(param: Node | undefined, code: Node): ReadonlySet<string> {
  const names = new Set<string>();
  if (param?.type === 'Identifier') names.add(param.name);
  if (param?.type === 'ObjectPattern') {
    for (const property of param.properties) {
      const value = property.type === 'ObjectProperty' ? property.value : undefined;
      if (value?.type === 'Identifier') names.add(value.name);
    }
  }
  walk(code, (node) => {
    const declared =
      node.type === 'VariableDeclarator'
        ? [node.id]
        : node.type === 'CatchClause' && node.param
          ? [node.param]
          : node.type === 'AssignmentExpression' && node.left.type === 'Identifier'
            ? [node.left]
            : isFunction(node) && node !== code
              ? node.params
              : [];
    for (const pattern of declared) {
      walk(pattern, (inner) => {
        if (inner.type === 'Identifier') names.delete(inner.name);
      });
    }
  });
  return names;
}

/** `state.list[0]` as its names; computed parts are `[]`. */
function pathOf(node: Node): string[] | undefined {
  const inner = bare(node);
  if (inner.type === 'Identifier') return [inner.name];
  if (inner.type !== 'MemberExpression') return undefined;
  const path = pathOf(inner.object);
  return path && [...path, keyOf(inner.property, inner.computed) ?? '[]'];
}

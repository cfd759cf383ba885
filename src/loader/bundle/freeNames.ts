import type { Node } from '@babel/types';

/** A scope of code: the names that it declares, and the scope around it. */
export interface Scope {
  readonly names: ReadonlySet<string>;
  readonly outer: Scope | undefined;
}

/** What code has to do with the names around it. */
export interface FreeNames {
  /** Names that it does not declare itself. */
  readonly used: ReadonlySet<string>;
  /** Those of them that it assigns, or whose properties it assigns. */
  readonly written: ReadonlySet<string>;
}

const FUNCTIONS = new Set([
  ...['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'],
  ...['ObjectMethod', 'ClassMethod', 'ClassPrivateMethod'],
]);
const BLOCKS = new Set([
  ...['BlockStatement', 'StaticBlock', 'SwitchStatement', 'CatchClause'],
  ...['ForStatement', 'ForInStatement', 'ForOfStatement', 'ClassExpression'],
]);

/** Whether a node of a syntax tree is a function or a method. */
export function isFunctionNode({ type }: Node): boolean {
  return FUNCTIONS.has(type);
}

/** The nodes inside a node, in the order of the text. */
export function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  for (const value of Object.values(node) as unknown[]) {
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (isNode(child)) children.push(child);
    }
  }
  return children;
}

/** The names that a piece of JavaScript takes from around it. */
export function freeNames(root: Node): FreeNames {
  const used = new Set<string>();
  const written = new Set<string>();
  const note = (name: string, scope: Scope | undefined, into: Set<string>) => {
    if (!isDeclared(name, scope)) into.add(name);
  };
  const open: { readonly node: Node; readonly scope: Scope | undefined }[] = [
    { node: root, scope: undefined },
  ];
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, scope: outer } = next;
    const scope = scopeOf(node, outer);
    if (node.type === 'Identifier') note(node.name, scope, used);
    for (const name of targetsOf(node)) note(name, scope, written);
    for (const child of childrenOf(node)) {
      if (!isOnlyName(node, child)) open.push({ node: child, scope });
    }
  }
  return { used, written };
}

/** The scope inside a node; `outer` where that opens none. */
export function scopeOf(node: Node, outer: Scope | undefined): Scope | undefined {
  const isScope = isFunctionNode(node) || BLOCKS.has(node.type);
  return isScope ? { names: declaredIn(node), outer } : outer;
}

/** Whether a name is declared in a scope, or in one around it. */
export function isDeclared(name: string, scope: Scope | undefined): boolean {
  for (let at = scope; at; at = at.outer) if (at.names.has(name)) return true;
  return false;
}

/** The names that a statement gives to the statements beside it. */
export function declaredBy(statement: Node): string[] {
  switch (statement.type) {
    case 'VariableDeclaration':
      return statement.declarations.flatMap(({ id }) => namesIn(id));
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return statement.id ? [statement.id.name] : [];
    case 'ImportDeclaration':
      return statement.specifiers.map(({ local }) => local.name);
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
      return statement.declaration ? declaredBy(statement.declaration) : [];
    default:
      return [];
  }
}

/** The variable that an expression such as `a.b[0].c()` begins with. */
export function rootName(node: Node): string | undefined {
  let at = node;
  for (;;) {
    if (at.type === 'Identifier') return at.name;
    if (at.type === 'MemberExpression' || at.type === 'OptionalMemberExpression') at = at.object;
    else if (at.type === 'CallExpression' || at.type === 'OptionalCallExpression') at = at.callee;
    else return undefined;
  }
}

/** All names that a scope declares, those of `var` in its blocks too. */
function declaredIn(scope: Node): Set<string> {
  const names = new Set<string>();
  const add = (more: readonly string[]) => more.forEach((name) => names.add(name));
  const isFunction = isFunctionNode(scope);
  if ('params' in scope) for (const param of scope.params as Node[]) add(namesIn(param));
  if (scope.type === 'CatchClause' && scope.param) add(namesIn(scope.param));
  const hasOwnName = scope.type === 'FunctionExpression' || scope.type === 'ClassExpression';
  if (hasOwnName && scope.id) names.add(scope.id.name);
  if (isFunction && scope.type !== 'ArrowFunctionExpression') names.add('arguments');
  if (scope.type === 'SwitchStatement') {
    for (const { consequent } of scope.cases) add(consequent.flatMap(declaredBy));
  } else for (const child of childrenOf(scope)) add(declaredBy(child));
  // The parameters and the body of a function are one scope, which is enough to tell what is free.
  if (isFunction) add(varsOf(scope));
  return names;
}

function varsOf(scope: Node): string[] {
  const names: string[] = [];
  const open = childrenOf(scope);
  for (let node = open.pop(); node; node = open.pop()) {
    if (isFunctionNode(node)) continue;
    if (node.type === 'VariableDeclaration' && node.kind === 'var') names.push(...declaredBy(node));
    open.push(...childrenOf(node));
  }
  return names;
}

/** The names that a pattern declares. */
function namesIn(pattern: Node): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'AssignmentPattern':
      return namesIn(pattern.left);
    case 'RestElement':
      return namesIn(pattern.argument);
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element ? namesIn(element) : []));
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        namesIn(property.type === 'RestElement' ? property.argument : property.value),
      );
    default:
      return [];
  }
}

/** The variables that a node itself changes. */
function targetsOf(node: Node): string[] {
  if (node.type === 'AssignmentExpression') return writtenBy(node.left);
  if (node.type === 'UpdateExpression') return writtenBy(node.argument);
  if (node.type === 'UnaryExpression' && node.operator === 'delete')
    return writtenBy(node.argument);
  return [];
}

function writtenBy(target: Node): string[] {
  const root = rootName(target);
  return root === undefined ? namesIn(target) : [root];
}

/** Names of properties, labels and the like are no variables. */
function isOnlyName(node: Node, child: Node): boolean {
  switch (node.type) {
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      return child === node.property && !node.computed;
    case 'ObjectProperty':
    case 'ObjectMethod':
    case 'ClassMethod':
    case 'ClassProperty':
    case 'ClassAccessorProperty':
      return child === node.key && child !== shorthandOf(node) && !node.computed;
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
      return child === node.label;
    case 'MetaProperty':
      return true;
    case 'ImportSpecifier':
    case 'ExportSpecifier':
      return child !== node.local;
    default:
      return false;
  }
}

/** Of `{ name }` the parser may give one node for both. */
function shorthandOf(node: Node): Node | undefined {
  return node.type === 'ObjectProperty' && node.shorthand ? node.value : undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

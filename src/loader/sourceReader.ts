import type {
  AssignmentExpression,
  CallExpression,
  ExportNamedDeclaration,
  Function as FunctionNode,
  ImportDeclaration,
  MemberExpression,
  Node,
  ObjectExpression,
  OptionalCallExpression,
  OptionalMemberExpression,
  TSEnumDeclaration,
  VariableDeclaration,
} from '@babel/types';
import { BuilderDraft, graphOf, rangeOf, type GraphDraft } from './graphDraft.ts';
import { readInputType } from './inputType.ts';
import { guessed, memberOf, Scope, textOf, type Placed, type StaticValue } from './staticValue.ts';
import {
  concatenate,
  giveName,
  isNode,
  keyText,
  moduleOf,
  pathOf,
  reducerOf,
  typeArgumentOf,
} from './sourceSyntax.ts';

type Value = StaticValue | undefined;

/** Names of a module and what they are known to be. */
export type ImportsOf = (specifier: string) => ReadonlyMap<string, StaticValue> | undefined;

/** A function of the file whose body is read, or being read. */
class ReadFunction {
  result: Value;
  /** The result is a graph made in the body: each call gives another one. */
  makesGraph = false;
  #hasReturned = false;

  returns(value: Value): void {
    this.result = this.#hasReturned ? guessed(this.result ?? value) : value;
    this.#hasReturned = true;
  }
}

/**
 * Reads statements in the order in which they would run and keeps what the variables are known to
 * hold. Every piece of code is read once, the bodies of functions when first called or else last,
 * so the time is proportional to the length of the text.
 */
export class SourceReader {
  /** The exports of a module of the workspace; `undefined` if it cannot be read. */
  readonly #importsOf: ImportsOf;
  readonly graphs: GraphDraft[] = [];
  readonly builders: BuilderDraft[] = [];
  /** Names of the properties that functions read, and of those in the objects that they make. */
  readonly #used = { read: new Set<string>(), written: new Set<string>() };
  readonly #root = new Scope();
  readonly #exports: { name: string; value?: Value; local?: string }[] = [];
  readonly #functions = new Map<FunctionNode, ReadFunction>();
  readonly #waiting: { code: FunctionNode; scope: Scope; statement: Node }[] = [];
  /** The innermost statement that is being read: lenses stand there. */
  #statement: Node | undefined;
  /** The function whose body is being read. */
  #caller: ReadFunction | undefined;
  /** The innermost function body or branch: what is called in another one than it was made in may not run. */
  #region: unknown;

  constructor(importsOf: ImportsOf = () => undefined) {
    this.#importsOf = importsOf;
  }

  /** Reads a whole module. */
  readModule(statements: readonly Node[]): void {
    this.#block(statements, this.#root);
    // Grows meanwhile: there are functions in functions.
    for (const { code, scope, statement } of this.#waiting) {
      this.#statement = statement;
      this.#run(code, scope);
    }
  }

  /** Exported names and what they hold, in the order of the text. */
  get exports(): { name: string; value: Value }[] {
    return this.#exports.flatMap(({ name, value, local }) => {
      const held = local === undefined ? value : this.#root.lookup(local);
      // `module.exports = { a, b }`, like a default export of that form, is a list of exports.
      if (name !== 'default' || held?.kind !== 'object') return [{ name, value: held }];
      return [...held.entries].map(([key, entry]) => ({ name: key, value: entry.value }));
    });
  }

  /** What a function of the file returns, if that is made in its body. */
  madeBy(code: FunctionNode): Value {
    const read = this.#functions.get(code);
    return read?.makesGraph ? read.result : undefined;
  }

  /** All functions of the file, with what is declared around them. */
  get functions(): readonly { readonly code: FunctionNode; readonly scope: Scope }[] {
    return this.#waiting;
  }

  /** Whether functions of the file read a property of that name, and none makes an object with it. */
  isOnlyRead(name: string): boolean {
    return this.#used.read.has(name) && !this.#used.written.has(name);
  }

  #block(statements: readonly Node[], scope: Scope): void {
    for (const statement of statements) {
      const node = ('declaration' in statement && statement.declaration) || statement;
      if (node.type === 'FunctionDeclaration' && node.id) {
        scope.declare(node.id.name, { kind: 'function', code: node, scope });
      }
    }
    for (const statement of statements) {
      this.#statement = statement;
      this.#read(statement, scope);
    }
  }

  /** Reads any code; gives what it evaluates to, for an expression whose value is known. */
  #read(node: Node, scope: Scope): Value {
    switch (node.type) {
      case 'BooleanLiteral':
        return node.value ? { kind: 'true' } : undefined;
      case 'StringLiteral':
        return { kind: 'text', text: node.value };
      case 'TemplateLiteral':
        return concatenate(
          node.quasis.flatMap((quasi, i) => {
            const text: Value = { kind: 'text', text: quasi.value.cooked ?? '' };
            const expression = node.expressions[i];
            return expression ? [text, this.#read(expression, scope)] : [text];
          }),
        );
      case 'Identifier':
        return scope.lookup(node.name);
      case 'ArrayExpression':
        return {
          kind: 'array',
          items: node.elements.map((element) => ({
            value: element ? this.#escape(this.#read(element, scope)) : undefined,
            at: element ?? node,
          })),
        };
      case 'ObjectExpression':
        return this.#object(node, scope);
      case 'MemberExpression':
      case 'OptionalMemberExpression': {
        const object = this.#read(node.object, scope);
        const key = this.#key(node.property, { computed: node.computed, scope });
        this.#note('read', key);
        return key === undefined ? undefined : memberOf(object, key);
      }
      case 'CallExpression':
      case 'OptionalCallExpression':
        return this.#calls(node, scope);
      case 'ImportExpression':
        return moduleOf(node.source);
      case 'NewExpression': {
        const made = this.#read(node.callee, scope);
        const args = this.#arguments(node.arguments, scope);
        if (made?.kind === 'library' && made.name === 'StateSchema') {
          return { kind: 'state', spec: args[0]?.value };
        }
        if (made?.kind === 'library' && /^Chat[A-Z]/.test(made.name)) return { kind: 'model' };
        if (made?.kind !== 'StateGraph') return this.#escapeAll(args);
        const value = this.#builder('graph');
        value.builder.takes(args);
        return value;
      }
      case 'BinaryExpression': {
        const sides = [this.#read(node.left, scope), this.#read(node.right, scope)];
        return node.operator === '+' ? concatenate(sides) : undefined;
      }
      case 'LogicalExpression': {
        const left = this.#read(node.left, scope);
        const right = this.#inside(node, () => this.#read(node.right, scope));
        return guessed(left ?? right);
      }
      case 'ConditionalExpression': {
        this.#read(node.test, scope);
        const yes = this.#inside(node.consequent, () => this.#read(node.consequent, scope));
        const no = this.#inside(node.alternate, () => this.#read(node.alternate, scope));
        return guessed(yes ?? no);
      }
      case 'SequenceExpression':
        return node.expressions.map((expression) => this.#read(expression, scope)).at(-1);
      case 'AssignmentExpression':
        return this.#assign(node, scope);
      case 'AwaitExpression':
        return this.#read(node.argument, scope);
      case 'ParenthesizedExpression':
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'TSTypeAssertion':
      case 'ExpressionStatement':
        return this.#read(node.expression, scope);
      case 'TSInstantiationExpression': {
        const value = this.#read(node.expression, scope);
        if (value?.kind !== 'Annotation') return value;
        return { ...value, type: readInputType(node.typeArguments?.params[0]) };
      }
      case 'ArrowFunctionExpression':
      case 'FunctionExpression':
      case 'FunctionDeclaration':
      case 'ObjectMethod':
      case 'ClassMethod':
      case 'ClassPrivateMethod':
        this.#waiting.push({ code: node, scope, statement: this.#statement ?? node });
        return { kind: 'function', code: node, scope };
      case 'BlockStatement':
      case 'StaticBlock':
      case 'TSModuleBlock':
        this.#block(node.body, new Scope(scope));
        return undefined;
      case 'ReturnStatement': {
        const value = node.argument ? this.#escape(this.#read(node.argument, scope)) : undefined;
        if (this.#caller) this.#caller.returns(value);
        return undefined;
      }
      case 'VariableDeclaration':
        this.#declare(node, scope);
        return undefined;
      case 'ClassDeclaration':
        scope.declare(node.id?.name ?? '', undefined);
        this.#children(node, new Scope(scope));
        return undefined;
      case 'ImportDeclaration':
        this.#import(node, scope);
        return undefined;
      case 'TSImportEqualsDeclaration': {
        const { moduleReference: module } = node;
        const isModule = module.type === 'TSExternalModuleReference';
        scope.declare(node.id.name, isModule ? moduleOf(module.expression) : undefined);
        return undefined;
      }
      case 'ExportNamedDeclaration':
        this.#export(node, scope);
        return undefined;
      case 'ExportDefaultDeclaration':
        this.#exports.push({ name: 'default', value: this.#read(node.declaration, scope) });
        return undefined;
      case 'TSExportAssignment':
        this.#exports.push({ name: 'default', value: this.#read(node.expression, scope) });
        return undefined;
      case 'TSEnumDeclaration':
        this.#enum(node, scope);
        return undefined;
      default:
        // Other nodes of TypeScript are types, but for `namespace`.
        if (!node.type.startsWith('TS') || node.type === 'TSModuleDeclaration') {
          if (node.type.endsWith('Statement')) {
            this.#inside(node, () => this.#children(node, new Scope(scope)));
          } else this.#children(node, scope);
        }
        return undefined;
    }
  }

  #children(node: Node, scope: Scope): void {
    for (const child of Object.values(node).flat() as unknown[]) {
      if (isNode(child)) this.#read(child, scope);
    }
  }

  /** Reads code that may run never, or more than once. */
  #inside<T>(region: unknown, read: () => T): T {
    const around = this.#region;
    this.#region = region;
    const result = read();
    this.#region = around;
    return result;
  }

  /** Notes that code which is not followed has hold of a value. */
  #escape(value: Value): Value {
    if (value?.kind === 'builder') value.builder.isOpen = true;
    return value;
  }

  #escapeAll(args: readonly Placed[]): undefined {
    for (const { value } of args) this.#escape(value);
  }

  /** Notes that what a variable holds is changed in place. */
  #changes(owner: Node, scope: Scope): void {
    if (owner.type !== 'Identifier') return;
    const value = scope.lookup(owner.name);
    if (value?.kind === 'object' || value?.kind === 'array') scope.assign(owner.name, undefined);
  }

  /** The text of a property's key. */
  #key(node: Node, { computed, scope }: { computed: boolean; scope: Scope }): string | undefined {
    const isName = !computed || node.type === 'NumericLiteral';
    return isName ? keyText(node) : textOf(this.#read(node, scope));
  }

  #object({ properties }: ObjectExpression, scope: Scope): Value {
    const entries = new Map<string, Placed>();
    let isGuess = false;
    for (const property of properties) {
      if (property.type === 'SpreadElement') {
        const spread = this.#read(property.argument, scope);
        if (spread?.kind === 'object')
          spread.entries.forEach((entry, key) => entries.set(key, entry));
        isGuess ||= spread?.kind !== 'object' || spread.isGuess === true;
        continue;
      }
      const { key, computed } = property;
      const name = this.#key(key, { computed, scope });
      const value = this.#read(
        property.type === 'ObjectProperty' ? property.value : property,
        scope,
      );
      // A state that is declared in a function writes nothing.
      if (value?.kind !== 'key' && value?.kind !== 'Annotation') this.#note('written', name);
      this.#escape(value);
      if (name !== undefined) entries.set(name, { value, at: key });
      else isGuess = true;
    }
    return { kind: 'object', entries, ...(isGuess && { isGuess }) };
  }

  /** Reads `a.b().c().d()` in one go: builder chains get longer than the stack is deep. */
  #calls(outermost: CallExpression | OptionalCallExpression, scope: Scope): Value {
    const calls: (Omit<MethodCall, 'args'> & { args: readonly Node[] })[] = [];
    let node: Node = outermost;
    for (;;) {
      if (node.type === 'TSNonNullExpression' || node.type === 'ParenthesizedExpression') {
        node = node.expression;
        continue;
      }
      if (node.type !== 'CallExpression' && node.type !== 'OptionalCallExpression') break;
      const { callee, arguments: args }: CallExpression | OptionalCallExpression = node;
      if (callee.type !== 'MemberExpression' && callee.type !== 'OptionalMemberExpression') break;
      const method = this.#key(callee.property, { computed: callee.computed, scope });
      this.#note('read', method);
      const { property: name, object }: MemberExpression | OptionalMemberExpression = callee;
      calls.push({ method: method ?? '', args, type: typeArgumentOf(node), at: node, name });
      if (CHANGES_LIST.has(method ?? '')) this.#changes(object, scope);
      node = object;
    }
    let value =
      node.type === 'CallExpression' || node.type === 'OptionalCallExpression'
        ? this.#call(this.#callee(node, scope), {
            args: this.#arguments(node.arguments, scope),
            type: typeArgumentOf(node),
            at: node,
          })
        : this.#read(node, scope);
    for (const call of calls.reverse()) {
      value = this.#method(value, { ...call, args: this.#arguments(call.args, scope) });
    }
    return value;
  }

  #callee({ callee, arguments: [first] }: CallExpression | OptionalCallExpression, scope: Scope) {
    const isRequire = callee.type === 'Identifier' && callee.name === 'require';
    return isRequire && first ? moduleOf(first) : this.#read(callee, scope);
  }

  #arguments(nodes: readonly Node[], scope: Scope): Placed[] {
    return nodes.map((at) => ({ value: this.#read(at, scope), at }));
  }

  #method(value: Value, call: MethodCall): Value {
    const { method, args } = call;
    if (value?.kind === 'builder') {
      const { builder } = value;
      if (builder.region !== this.#region && method !== 'compile') builder.isOpen = true;
      const result = builder.call({ ...call, args: args.map((arg) => this.#placed(arg)) });
      return result.kind === 'graph' ? this.#graph(result.graph) : result;
    }
    if (value?.kind === 'graph') {
      value.graph.calls.push(call);
      this.#escapeAll(args);
      return method === 'withConfig' ? value : undefined;
    }
    if (value?.kind === 'Annotation' && method === 'Root') {
      return { kind: 'state', spec: args[0]?.value };
    }
    if (value?.kind === 'zod' && /^(?:strict|loose)?object$/i.test(method)) {
      return { kind: 'state', spec: args[0]?.value };
    }
    if (value?.kind === 'model') return MAKES_MODEL.test(method) ? value : undefined;
    if (value?.kind === 'zod') return { kind: 'zodType' };
    if (value?.kind === 'zodType') return method === 'register' ? undefined : value;
    return this.#call(memberOf(value, method), call);
  }

  /** A value with what it takes from other modules; they are read for this only. */
  #known(value: Value): Value {
    switch (value?.kind) {
      case 'imported': {
        const [name = '', ...keys] = value.path;
        const exported = this.#importsOf(value.from)?.get(name);
        const held = keys.reduce<Value>(
          (object, key) => memberOf(this.#known(object), key),
          exported,
        );
        const known = held?.kind === 'imported' ? this.#known(held) : held;
        // Another file may change what it exports; of texts that is not to be feared.
        return known?.kind === 'text' ? known : guessed(known);
      }
      case 'array':
        return { ...value, items: value.items.map((item) => this.#placed(item)) };
      case 'object':
        return {
          ...value,
          entries: new Map([...value.entries].map(([key, entry]) => [key, this.#placed(entry)])),
        };
      default:
        return value;
    }
  }

  #placed({ value, at }: Placed): Placed {
    return { value: this.#known(value), at };
  }

  #call(value: Value, { args, type, at }: Call): Value {
    if (value?.kind === 'Annotation') {
      return {
        kind: 'key',
        type: (!type && value.type) || readInputType(type),
        reducer: reducerOf(args[0]),
        at,
      };
    }
    this.#escapeAll(args);
    if (value?.kind === 'namespace') return value;
    if (value?.kind === 'library' && value.name === 'task') return { kind: 'task' };
    if (value?.kind === 'function') return this.#callFunction(value.code, value.scope);
    if (value?.kind === 'agent') return this.#agent(value, args);
    if (value?.kind !== 'entrypoint') return undefined;
    const options = args[0]?.value;
    const { builder } = this.#builder('entrypoint');
    builder.isCompiled = true;
    return this.#graph(
      graphOf(builder, options?.kind === 'text' ? options : memberOf(options, 'name')),
    );
  }

  #agent({ isBuilder }: { readonly isBuilder: boolean }, [options]: readonly Placed[]): Value {
    const made = this.#builder('graph');
    made.builder.isOpen = true;
    if (isBuilder) return made;
    made.builder.isCompiled = true;
    return this.#graph(graphOf(made.builder, memberOf(options?.value, 'name')));
  }

  #callFunction(code: FunctionNode, scope: Scope): Value {
    const { result, makesGraph } = this.#run(code, scope);
    if (result?.kind !== 'graph' || !makesGraph) return result;
    const { builder, name } = result.graph;
    result.graph.isTemplate = true;
    const range = rangeOf(this.#statement ?? {});
    return this.#graph({ builder, range, calls: [], ...(name !== undefined && { name }) });
  }

  /** Reads a function's body, unless that is done; in a recursive call the result is unknown. */
  #run(code: FunctionNode, scope: Scope): ReadFunction {
    const known = this.#functions.get(code);
    if (known) return known;
    const called = new ReadFunction();
    this.#functions.set(code, called);
    const [{ length }, { length: builders }] = [this.graphs, this.builders];
    const [statement, caller] = [this.#statement, this.#caller];
    this.#caller = called;
    const inner = new Scope(scope);
    for (const param of code.params) this.#bind(param, undefined, inner);
    this.#inside(code, () => {
      if (code.body.type === 'BlockStatement') this.#block(code.body.body, inner);
      else called.returns(this.#escape(this.#read(code.body, inner)));
    });
    [this.#statement, this.#caller] = [statement, caller];
    const { result } = called;
    called.makesGraph =
      (result?.kind === 'graph' && this.graphs.indexOf(result.graph, length) >= 0) ||
      (result?.kind === 'builder' && this.builders.indexOf(result.builder, builders) >= 0);
    return called;
  }

  #builder(kind: BuilderDraft['kind']): { kind: 'builder'; builder: BuilderDraft } {
    const builder = new BuilderDraft(kind, rangeOf(this.#statement ?? {}), this.#region);
    this.builders.push(builder);
    return { kind: 'builder', builder };
  }

  #graph(graph: GraphDraft): Value {
    if (this.#caller) graph.isInFunction = true;
    this.graphs.push(graph);
    return { kind: 'graph', graph };
  }

  #declare({ declarations }: VariableDeclaration, scope: Scope): string[] {
    const statement = this.#statement;
    return declarations.flatMap((declarator, i) => {
      if (i > 0) this.#statement = declarator;
      const value = declarator.init ? this.#read(declarator.init, scope) : undefined;
      this.#statement = statement;
      return this.#bind(declarator.id, value, scope);
    });
  }

  /** Declares the names of a pattern; returns them. */
  #bind(pattern: Node, value: Value, scope: Scope): string[] {
    switch (pattern.type) {
      case 'Identifier':
        scope.declare(pattern.name, value);
        giveName(value, pattern.name);
        return [pattern.name];
      case 'ObjectPattern':
        return pattern.properties.flatMap((property) => {
          if (property.type !== 'ObjectProperty') return this.#bind(property, undefined, scope);
          const key = property.computed ? undefined : keyText(property.key);
          this.#note('read', key);
          return this.#bind(property.value, key === undefined ? key : memberOf(value, key), scope);
        });
      case 'ArrayPattern':
        return pattern.elements.flatMap((element, i) =>
          element ? this.#bind(element, memberOf(value, String(i)), scope) : [],
        );
      case 'AssignmentPattern':
        return this.#bind(pattern.left, guessed(value ?? this.#read(pattern.right, scope)), scope);
      case 'RestElement':
        return this.#bind(pattern.argument, undefined, scope);
      case 'TSParameterProperty':
        return this.#bind(pattern.parameter, undefined, scope);
      default:
        return [];
    }
  }

  #assign({ left, right }: AssignmentExpression, scope: Scope): Value {
    const value = this.#read(right, scope);
    if (left.type === 'Identifier') {
      scope.assign(left.name, value);
      giveName(value, left.name);
      return value;
    }
    if (left.type !== 'MemberExpression') return value;
    this.#changes(left.object, scope);
    if (!left.computed) {
      const key = keyText(left.property) ?? '';
      giveName(value, key);
      const owner = pathOf(left.object);
      if (owner === 'module' && key === 'exports') this.#exports.push({ name: 'default', value });
      else if (owner === 'exports' || owner === 'module.exports') {
        this.#exports.push({ name: key, value });
      } else this.#escape(value);
    } else this.#escape(value);
    return value;
  }

  #import({ source, specifiers, importKind }: ImportDeclaration, scope: Scope): void {
    const module = importKind === 'type' ? undefined : moduleOf(source);
    for (const specifier of specifiers) {
      const imported =
        specifier.type === 'ImportSpecifier'
          ? keyText(specifier.imported)
          : specifier.type === 'ImportDefaultSpecifier' && module && 'local' in module
            ? 'default'
            : undefined;
      const value = imported === undefined ? module : memberOf(module, imported);
      scope.declare(specifier.local.name, value);
    }
  }

  #export({ declaration, specifiers, source }: ExportNamedDeclaration, scope: Scope): void {
    if (declaration?.type === 'VariableDeclaration') {
      const names = this.#declare(declaration, scope);
      this.#exports.push(...names.map((name) => ({ name, local: name })));
    } else if (declaration) {
      this.#read(declaration, scope);
      const id = 'id' in declaration ? declaration.id : undefined;
      if (id?.type === 'Identifier') this.#exports.push({ name: id.name, local: id.name });
    }
    const module = source ? moduleOf(source) : undefined;
    for (const specifier of specifiers) {
      if (specifier.type !== 'ExportSpecifier') continue;
      const name = keyText(specifier.exported);
      const local = keyText(specifier.local);
      if (name === undefined || local === undefined) continue;
      if (!source) this.#exports.push({ name, local });
      else if (module) this.#exports.push({ name, value: this.#known(memberOf(module, local)) });
    }
  }

  #note(use: 'read' | 'written', name: string | undefined): void {
    if (this.#caller && name !== undefined) this.#used[use].add(name);
  }

  #enum(node: TSEnumDeclaration, scope: Scope): void {
    const entries = new Map<string, Placed>();
    for (const { id, initializer } of node.body.members) {
      const value = initializer ? this.#read(initializer, scope) : undefined;
      entries.set(keyText(id) ?? '', { value, at: id });
    }
    scope.declare(node.id.name, { kind: 'object', entries });
  }
}

interface Call {
  readonly args: readonly Placed[];
  /** The first type argument. */
  readonly type: Node | undefined;
  /** The call, with all of the chain before it. */
  readonly at: Node;
}

interface MethodCall extends Call {
  readonly method: string;
  /** The method's name. */
  readonly name: Node;
}

/** Methods of a model that give another one. */
const MAKES_MODEL = /^(?:bind|bindTools|with[A-Z]\w*)$/;

/** Methods that change a list in place. */
const CHANGES_LIST = new Set(['push', 'unshift', 'splice', 'pop', 'shift', 'sort', 'reverse']);

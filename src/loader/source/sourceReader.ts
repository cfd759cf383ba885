import type {
  CallExpression,
  Function as FunctionNode,
  MemberExpression,
  Node,
  ObjectExpression,
  OptionalCallExpression,
  OptionalMemberExpression,
} from '@babel/types';
import { changeInPlace, Declarations } from './declarations.ts';
import { rangeOf, type BuilderDraft, type GraphDraft } from './graphDraft.ts';
import { ImportedValues, type ImportsOf } from './importedValues.ts';
import { readInputType } from './inputType.ts';
import { escape, LibraryCalls, type MethodCall, type Surroundings } from './libraryCalls.ts';
import { concatenate, isNode, keyText, moduleOf, typeArgumentOf } from './sourceSyntax.ts';
import { guessed, memberOf, Scope, textOf, type Placed, type StaticValue } from './staticValue.ts';

type Value = StaticValue | undefined;

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
  readonly #library: LibraryCalls;
  readonly #declarations: Declarations;
  /** Names of the properties that functions read, and of those in the objects that they make. */
  readonly #used = { read: new Set<string>(), written: new Set<string>() };
  readonly #root = new Scope();
  readonly #functions = new Map<FunctionNode, ReadFunction>();
  readonly #waiting: { code: FunctionNode; scope: Scope; statement: Node }[] = [];
  /** The function whose body is being read. */
  #caller: ReadFunction | undefined;
  readonly #around: Surroundings = {
    statement: undefined,
    region: undefined,
    isInFunction: false,
    callFunction: (code, scope) => this.#callFunction(code, scope),
  };

  constructor(importsOf: ImportsOf = () => undefined) {
    const imported = new ImportedValues(importsOf);
    this.#library = new LibraryCalls(imported, this.#around);
    this.#declarations = new Declarations(imported, {
      read: (node, scope, statement) => {
        const outer = this.#around.statement;
        this.#around.statement = statement ?? outer;
        const value = this.#read(node, scope);
        this.#around.statement = outer;
        return value;
      },
      noteRead: (name) => this.#note('read', name),
    });
  }

  /** Reads a whole module. */
  readModule(statements: readonly Node[]): void {
    this.#block(statements, this.#root);
    // Grows meanwhile: there are functions in functions.
    for (const { code, scope, statement } of this.#waiting) {
      this.#around.statement = statement;
      this.#run(code, scope);
    }
  }

  get graphs(): readonly GraphDraft[] {
    return this.#library.graphs;
  }

  get builders(): readonly BuilderDraft[] {
    return this.#library.builders;
  }

  /** Exported names and what they hold, in the order of the text. */
  get exports(): { name: string; value: Value }[] {
    return this.#declarations.exports(this.#root);
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
      this.#around.statement = statement;
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
            value: element ? escape(this.#read(element, scope)) : undefined,
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
        return this.#library.make(made, this.#arguments(node.arguments, scope));
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
        return this.#declarations.assign(node, scope);
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
        this.#waiting.push({ code: node, scope, statement: this.#around.statement ?? node });
        return { kind: 'function', code: node, scope };
      case 'BlockStatement':
      case 'StaticBlock':
      case 'TSModuleBlock':
        this.#block(node.body, new Scope(scope));
        return undefined;
      case 'ReturnStatement': {
        const value = node.argument ? escape(this.#read(node.argument, scope)) : undefined;
        if (this.#caller) this.#caller.returns(value);
        return undefined;
      }
      case 'VariableDeclaration':
        this.#declarations.declare(node, scope);
        return undefined;
      case 'ClassDeclaration':
        scope.declare(node.id?.name ?? '', undefined);
        this.#children(node, new Scope(scope));
        return undefined;
      case 'ImportDeclaration':
        this.#declarations.import(node, scope);
        return undefined;
      case 'TSImportEqualsDeclaration': {
        const { moduleReference: module } = node;
        const isModule = module.type === 'TSExternalModuleReference';
        scope.declare(node.id.name, isModule ? moduleOf(module.expression) : undefined);
        return undefined;
      }
      case 'ExportNamedDeclaration':
        this.#declarations.export(node, scope);
        return undefined;
      case 'ExportDefaultDeclaration':
        this.#declarations.exportDefault(this.#read(node.declaration, scope));
        return undefined;
      case 'TSExportAssignment':
        this.#declarations.exportDefault(this.#read(node.expression, scope));
        return undefined;
      case 'TSEnumDeclaration':
        this.#declarations.enum(node, scope);
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
    const around = this.#around.region;
    this.#around.region = region;
    const result = read();
    this.#around.region = around;
    return result;
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
      escape(value);
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
      if (CHANGES_LIST.has(method ?? '')) changeInPlace(object, scope);
      node = object;
    }
    let value =
      node.type === 'CallExpression' || node.type === 'OptionalCallExpression'
        ? this.#library.call(this.#callee(node, scope), {
            args: this.#arguments(node.arguments, scope),
            type: typeArgumentOf(node),
            at: node,
          })
        : this.#read(node, scope);
    for (const call of calls.reverse()) {
      value = this.#library.method(value, { ...call, args: this.#arguments(call.args, scope) });
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

  #callFunction(code: FunctionNode, scope: Scope): Value {
    const { result, makesGraph } = this.#run(code, scope);
    if (result?.kind !== 'graph' || !makesGraph) return result;
    const { builder, name } = result.graph;
    result.graph.isTemplate = true;
    const range = rangeOf(this.#around.statement ?? {});
    return this.#library.graph({ builder, range, calls: [], ...(name !== undefined && { name }) });
  }

  /** Reads a function's body, unless that is done; in a recursive call the result is unknown. */
  #run(code: FunctionNode, scope: Scope): ReadFunction {
    const known = this.#functions.get(code);
    if (known) return known;
    const called = new ReadFunction();
    this.#functions.set(code, called);
    const [{ length }, { length: builders }] = [this.graphs, this.builders];
    const [statement, caller] = [this.#around.statement, this.#caller];
    this.#caller = called;
    this.#around.isInFunction = true;
    const inner = new Scope(scope);
    for (const param of code.params) this.#declarations.bind(param, undefined, inner);
    this.#inside(code, () => {
      if (code.body.type === 'BlockStatement') this.#block(code.body.body, inner);
      else called.returns(escape(this.#read(code.body, inner)));
    });
    [this.#around.statement, this.#caller] = [statement, caller];
    this.#around.isInFunction = caller !== undefined;
    const { result } = called;
    called.makesGraph =
      (result?.kind === 'graph' && this.graphs.indexOf(result.graph, length) >= 0) ||
      (result?.kind === 'builder' && this.builders.indexOf(result.builder, builders) >= 0);
    return called;
  }

  #note(use: 'read' | 'written', name: string | undefined): void {
    if (this.#caller && name !== undefined) this.#used[use].add(name);
  }
}

/** Methods that change a list in place. */
const CHANGES_LIST = new Set(['push', 'unshift', 'splice', 'pop', 'shift', 'sort', 'reverse']);

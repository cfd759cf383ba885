import type {
  AssignmentExpression,
  ExportNamedDeclaration,
  ImportDeclaration,
  Node,
  TSEnumDeclaration,
  VariableDeclaration,
} from '@babel/types';
import type { ImportedValues } from './importedValues.ts';
import { escape } from './libraryCalls.ts';
import { giveName, keyText, moduleOf, pathOf } from './sourceSyntax.ts';
import { guessed, memberOf, type Placed, type Scope, type StaticValue } from './staticValue.ts';

type Value = StaticValue | undefined;

/** Whoever reads the code in declarations. */
interface Reader {
  /** @param statement Where lenses of what is made stand; where they did if it is absent. */
  read(node: Node, scope: Scope, statement?: Node): Value;
  /** Notes that a property of that name is read. */
  noteRead(name: string | undefined): void;
}

/** What declarations and assignments make of names, and what a module exports. */
export class Declarations {
  readonly #imported: ImportedValues;
  readonly #reader: Reader;
  readonly #exports: { name: string; value?: Value; local?: string }[] = [];

  constructor(imported: ImportedValues, reader: Reader) {
    this.#imported = imported;
    this.#reader = reader;
  }

  /** Exported names and what they hold, in the order of the text. */
  exports(root: Scope): { name: string; value: Value }[] {
    return this.#exports.flatMap(({ name, value, local }) => {
      const held = local === undefined ? value : root.lookup(local);
      // `module.exports = { a, b }`, like a default export of that form, is a list of exports.
      if (name !== 'default' || held?.kind !== 'object') return [{ name, value: held }];
      return [...held.entries].map(([key, entry]) => ({ name: key, value: entry.value }));
    });
  }

  exportDefault(value: Value): void {
    this.#exports.push({ name: 'default', value });
  }

  declare({ declarations }: VariableDeclaration, scope: Scope): string[] {
    return declarations.flatMap(({ init, id }, i) => {
      const statement = i > 0 ? declarations[i] : undefined;
      const value = init ? this.#reader.read(init, scope, statement) : undefined;
      return this.bind(id, value, scope);
    });
  }

  /** Declares the names of a pattern; returns them. */
  bind(pattern: Node, value: Value, scope: Scope): string[] {
    switch (pattern.type) {
      case 'Identifier':
        scope.declare(pattern.name, value);
        giveName(value, pattern.name);
        return [pattern.name];
      case 'ObjectPattern':
        return pattern.properties.flatMap((property) => {
          if (property.type !== 'ObjectProperty') return this.bind(property, undefined, scope);
          const key = property.computed ? undefined : keyText(property.key);
          this.#reader.noteRead(key);
          return this.bind(property.value, key === undefined ? key : memberOf(value, key), scope);
        });
      case 'ArrayPattern':
        return pattern.elements.flatMap((element, i) =>
          element ? this.bind(element, memberOf(value, String(i)), scope) : [],
        );
      case 'AssignmentPattern':
        return this.bind(
          pattern.left,
          guessed(value ?? this.#reader.read(pattern.right, scope)),
          scope,
        );
      case 'RestElement':
        return this.bind(pattern.argument, undefined, scope);
      case 'TSParameterProperty':
        return this.bind(pattern.parameter, undefined, scope);
      default:
        return [];
    }
  }

  assign({ left, right }: AssignmentExpression, scope: Scope): Value {
    const value = this.#reader.read(right, scope);
    if (left.type === 'Identifier') {
      scope.assign(left.name, value);
      giveName(value, left.name);
      return value;
    }
    if (left.type !== 'MemberExpression') return value;
    changeInPlace(left.object, scope);
    if (!left.computed) {
      const key = keyText(left.property) ?? '';
      giveName(value, key);
      const owner = pathOf(left.object);
      if (owner === 'module' && key === 'exports') this.#exports.push({ name: 'default', value });
      else if (owner === 'exports' || owner === 'module.exports') {
        this.#exports.push({ name: key, value });
      } else escape(value);
    } else escape(value);
    return value;
  }

  import({ source, specifiers, importKind }: ImportDeclaration, scope: Scope): void {
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

  export({ declaration, specifiers, source }: ExportNamedDeclaration, scope: Scope): void {
    if (declaration?.type === 'VariableDeclaration') {
      const names = this.declare(declaration, scope);
      this.#exports.push(...names.map((name) => ({ name, local: name })));
    } else if (declaration) {
      this.#reader.read(declaration, scope);
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
      else if (module)
        this.#exports.push({ name, value: this.#imported.known(memberOf(module, local)) });
    }
  }

  enum(node: TSEnumDeclaration, scope: Scope): void {
    const entries = new Map<string, Placed>();
    for (const { id, initializer } of node.body.members) {
      const value = initializer ? this.#reader.read(initializer, scope) : undefined;
      entries.set(keyText(id) ?? '', { value, at: id });
    }
    scope.declare(node.id.name, { kind: 'object', entries });
  }
}

/** Notes that what a variable holds is changed in place. */
export function changeInPlace(owner: Node, scope: Scope): void {
  if (owner.type !== 'Identifier') return;
  const value = scope.lookup(owner.name);
  if (value?.kind === 'object' || value?.kind === 'array') scope.assign(owner.name, undefined);
}

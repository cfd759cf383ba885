import type { Node, ObjectExpression, Statement } from '@babel/types';
import { parseSource } from './parseSource.ts';
import { isNode, keyText } from './sourceSyntax.ts';
import type { SourceRange } from './staticGraph.ts';

/** A test of a graph, as far as the source text tells. */
export interface StaticTest {
  readonly name: string;
  /** Where its name stands. */
  readonly range: SourceRange;
  /** Where it says what it expects. */
  readonly expectRange?: SourceRange;
  /** The export of its graph; absent: the only one, or the one that is called `graph`. */
  readonly graph?: string;
  /** The import of the file that has the graph; absent: it is this file. */
  readonly from?: string;
}

/** Whether a text may have tests: a quick look. */
export function mentionsTests(text: string): boolean {
  return /\bexport\b[^;]*\btests\b/.test(text) || text.includes('superstep/testing');
}

/**
 * Finds the tests in a file by reading its text: the properties of what it exports as `tests`, and calls of
 * `test` of `superstep/testing` with a literal name. Never throws; names that are computed are not found.
 * @param fileName Its extension tells TypeScript from JavaScript and JSX.
 */
export function findTests(source: string, fileName: string): StaticTest[] {
  if (!mentionsTests(source)) return [];
  const { statements } = parseSource(source, fileName);
  const imports = importsOf(statements);
  return statements.flatMap((statement) => [
    ...exportedTests(statement, statements),
    ...addedTests(statement, imports),
  ]);
}

/** Local name → what is imported. */
type Imports = ReadonlyMap<string, { readonly name: string; readonly from: string }>;

function importsOf(statements: readonly Statement[]): Imports {
  const imports = new Map<string, { name: string; from: string }>();
  for (const statement of statements) {
    if (statement.type !== 'ImportDeclaration') continue;
    const from = statement.source.value;
    for (const specifier of statement.specifiers) {
      const name =
        specifier.type === 'ImportSpecifier'
          ? (keyText(specifier.imported) ?? '')
          : specifier.type === 'ImportDefaultSpecifier'
            ? 'default'
            : '*';
      imports.set(specifier.local.name, { name, from });
    }
  }
  return imports;
}

function exportedTests(statement: Statement, all: readonly Statement[]): StaticTest[] {
  if (statement.type !== 'ExportNamedDeclaration') return [];
  const { declaration, specifiers } = statement;
  const local = specifiers.find(
    (each) => each.type === 'ExportSpecifier' && keyText(each.exported) === 'tests',
  );
  const value = declaration
    ? valueOf(declaration, 'tests')
    : local?.type === 'ExportSpecifier'
      ? all.map((each) => valueOf(each, keyText(local.local) ?? '')).find(Boolean)
      : undefined;
  return value ? testsIn(value) : [];
}

function valueOf(statement: Node, name: string): ObjectExpression | undefined {
  if (statement.type !== 'VariableDeclaration') return undefined;
  const found = statement.declarations.find(
    ({ id }) => id.type === 'Identifier' && id.name === name,
  );
  return asObject(found?.init);
}

function testsIn({ properties }: ObjectExpression): StaticTest[] {
  return properties.flatMap((property) => {
    if (property.type !== 'ObjectProperty' || property.computed) return [];
    const name = keyText(property.key);
    const range = rangeOf(property.key);
    if (name === undefined || !range) return [];
    const spec = asObject(property.value);
    const graph = textOf(propertyOf(spec, 'graph'));
    return [{ name, range, ...expectOf(spec), ...(graph !== undefined && { graph }) }];
  });
}

/** `test(graph, 'name', { … })` at the top of a file. */
function addedTests(statement: Statement, imports: Imports): StaticTest[] {
  if (statement.type !== 'ExpressionStatement') return [];
  const call = statement.expression;
  if (call.type !== 'CallExpression' || call.callee.type !== 'Identifier') return [];
  const callee = imports.get(call.callee.name);
  if (callee?.name !== 'test' || callee.from !== 'superstep/testing') return [];
  const [graph, title, spec] = call.arguments;
  const name = textOf(title);
  const range = title && rangeOf(title);
  if (name === undefined || !range) return [];
  const local = graph?.type === 'Identifier' ? graph.name : undefined;
  const imported = local === undefined ? undefined : imports.get(local);
  return [
    {
      name,
      range,
      ...expectOf(asObject(spec)),
      ...(imported
        ? { graph: imported.name, from: imported.from }
        : local !== undefined && { graph: local }),
    },
  ];
}

function expectOf(spec: ObjectExpression | undefined): Pick<StaticTest, 'expectRange'> {
  const value = propertyOf(spec, 'expect');
  const expectRange = value && rangeOf(value);
  return expectRange ? { expectRange } : {};
}

function propertyOf(object: ObjectExpression | undefined, name: string): Node | undefined {
  const found = object?.properties.find(
    (each) => each.type !== 'SpreadElement' && !each.computed && keyText(each.key) === name,
  );
  return found?.type === 'ObjectProperty' ? found.value : found;
}

/** An object, without the types around it. */
function asObject(node: unknown): ObjectExpression | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'ObjectExpression') return node;
  return 'expression' in node ? asObject(node.expression) : undefined;
}

function textOf(node: Node | undefined): string | undefined {
  return node?.type === 'StringLiteral' ? node.value : undefined;
}

function rangeOf({ loc }: Node): SourceRange | undefined {
  if (!loc) return undefined;
  const { start, end } = loc;
  return {
    line1: start.line,
    column1: start.column + 1,
    endLine1: end.line,
    endColumn1: end.column + 1,
  };
}

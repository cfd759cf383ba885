import type { Node, Statement } from '@babel/types';
import { parseSource } from '../source/parseSource.ts';
import { codeHash } from './codeHash.ts';
import {
  childrenOf,
  declaredBy,
  freeNames,
  isDeclared,
  isFunctionNode,
  rootName,
  scopeOf,
  type FreeNames,
  type Scope,
} from './freeNames.ts';

/** Ids of nodes, each with the fingerprints of the functions that decide what comes of it. */
export type NodeFunctions = readonly (readonly [id: string, functions: readonly string[]])[];

/** What the nodes of a graph are made of, as fingerprints that can be compared with later ones. */
export interface NodeCodes {
  /** Of the whole file with all that it imports, packages excepted. */
  readonly file: string;
  /**
   * By id of a node: of its functions, with all that they use of the file and its imports. `null` where
   * that cannot be told, as for a function that another one has made.
   */
  readonly nodes: readonly (readonly [id: string, code: string | null])[];
}

/**
 * Finds out what nodes are made of. Nothing is run for it.
 * @param code Text of a bundle.
 * @param functions Those of the graph, by `codeHash` of their texts.
 */
export function nodeCodes(code: string, functions: NodeFunctions): NodeCodes {
  const text = code.replace(/\n\/\/# sourceMappingURL=\S*\s*$/, '');
  const own = ownCodes(text, new Set(functions.flatMap(([, hashes]) => hashes)));
  const nodes = functions.map(([id, hashes]) => {
    const codes = hashes.map((hash) => own.get(hash));
    const isKnown = codes.every((each) => typeof each === 'string');
    return [id, isKnown && codes.length > 0 ? codeHash(codes.join()) : null] as const;
  });
  return { file: codeHash(text), nodes };
}

/**
 * By `codeHash` of a function's text: of that, and of all it uses; `undefined` where this cannot be told.
 * @param wanted The functions that are looked for.
 */
function ownCodes(
  text: string,
  wanted: ReadonlySet<string>,
): ReadonlyMap<string, string | undefined> {
  const codes = new Map<string, string | undefined>();
  try {
    const { statements, complete } = parseSource(text, 'bundle.mjs');
    if (!complete) return codes;
    const program = new Program(text, statements);
    for (const { node, scope } of functionsOf(statements)) {
      const hash = codeHash(program.textOf(node));
      if (!wanted.has(hash)) continue;
      // Of several with one text, nobody knows which is the node's.
      const isKnown = !codes.has(hash) || codes.get(hash) !== undefined;
      codes.set(hash, isKnown && isOnItsOwn(node, scope) ? program.codeOf(node) : undefined);
    }
    return codes;
  } catch (error) {
    // Code that is nested, or goes on from function to function, deeper than the stack.
    if (error instanceof RangeError) return new Map();
    throw error;
  }
}

/** All functions, with the scopes that they stand in below the top level. */
function* functionsOf(statements: readonly Statement[]) {
  const open = statements.map((node: Node) => ({ node, scope: undefined as Scope | undefined }));
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, scope } = next;
    if (isFunctionNode(node)) yield next;
    const inside = scopeOf(node, scope);
    open.push(...childrenOf(node).map((child) => ({ node: child, scope: inside })));
  }
}

/** Whether nothing in it hangs on a call that has made it, or on the object that it belongs to. */
function isOnItsOwn(node: Node, scope: Scope | undefined): boolean {
  const open = [node];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.type === 'ThisExpression' || next.type === 'Super') return false;
    open.push(...childrenOf(next));
  }
  return ![...freeNames(node).used].some((name) => isDeclared(name, scope));
}

/** The top level of a bundle, and what its statements need of each other. */
class Program {
  readonly #text: string;
  readonly #statements: readonly Statement[];
  readonly #free: readonly FreeNames[];
  /** By name, the statements that declare or change it. */
  readonly #makers = new Map<string, number[]>();
  /** By statement, of all that it is made of. */
  readonly #codes: string[] = [];
  // What Tarjan's algorithm for statements that need each other keeps.
  readonly #order: number[] = [];
  readonly #lowest: number[] = [];
  readonly #open: number[] = [];
  #visits = 0;

  constructor(text: string, statements: readonly Statement[]) {
    this.#text = text;
    this.#statements = statements;
    this.#free = statements.map(freeNames);
    statements.forEach((statement, i) => {
      const changed = [...this.#free[i]!.written, ...changedByCalls(statement)];
      for (const name of new Set([...declaredBy(statement), ...changed])) {
        const makers = this.#makers.get(name);
        if (makers) makers.push(i);
        else this.#makers.set(name, [i]);
      }
    });
  }

  textOf({ start, end }: Node): string {
    return this.#text.slice(start!, end!);
  }

  /** Of a function, and of all that it uses. */
  codeOf(node: Node): string {
    const codes = this.#makersOf(freeNames(node)).map((i) => this.#codeOf(i));
    return codeHash([this.textOf(node), ...codes.sort()].join('\n'));
  }

  #makersOf({ used }: FreeNames): number[] {
    return [...new Set([...used].flatMap((name) => this.#makers.get(name) ?? []))];
  }

  #codeOf(statement: number): string {
    if (this.#codes[statement] === undefined) this.#visit(statement);
    return this.#codes[statement]!;
  }

  /** Statements that need each other in a circle have one code. */
  #visit(at: number): void {
    this.#order[at] = this.#lowest[at] = ++this.#visits;
    this.#open.push(at);
    const needed = this.#makersOf(this.#free[at]!);
    for (const next of needed) {
      if (this.#order[next] === undefined) this.#visit(next);
      if (this.#codes[next] === undefined) {
        this.#lowest[at] = Math.min(this.#lowest[at], this.#lowest[next]!);
      }
    }
    if (this.#lowest[at] !== this.#order[at]) return;
    const circle = this.#open.splice(this.#open.indexOf(at)).sort((a, b) => a - b);
    const texts = circle.map((i) => this.textOf(this.#statements[i]!));
    const outside = circle.flatMap((i) => this.#makersOf(this.#free[i]!));
    const codes = new Set(outside.flatMap((i) => this.#codes[i] ?? []));
    const code = codeHash([...texts, ...[...codes].sort()].join('\n'));
    for (const i of circle) this.#codes[i] = code;
  }
}

/** The variables whose methods are called at the top level, such as `list.push(…)`: they may change. */
function changedByCalls(statement: Statement): string[] {
  const names: string[] = [];
  const open: Node[] = [statement];
  for (let node = open.pop(); node; node = open.pop()) {
    if (isFunctionNode(node)) continue;
    if (node.type === 'ExpressionStatement') names.push(...changedBy(node.expression));
    open.push(...childrenOf(node));
  }
  return names;
}

function changedBy(expression: Node): string[] {
  const call = expression.type === 'AwaitExpression' ? expression.argument : expression;
  if (call.type !== 'CallExpression' || call.callee.type !== 'MemberExpression') return [];
  const root = rootName(call.callee);
  const [first] = call.arguments;
  const isAssign = (root === 'Object' || root === 'Reflect') && first;
  const name = isAssign ? rootName(first) : root;
  return name === undefined ? [] : [name];
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codeHash } from '../../src/loader/bundle/codeHash.ts';
import { nodeCodes } from '../../src/loader/bundle/nodeCodes.ts';

/** Ids of nodes by the texts of their functions. */
type Functions = Readonly<Record<string, string>>;

function codesOf(code: string, functions: Functions): Map<string, string | null> {
  const hashed = Object.entries(functions).map(([id, text]) => [id, [codeHash(text)]] as const);
  return new Map(nodeCodes(code, hashed).nodes);
}

/** The nodes whose code is another after an edit; those that nobody can tell are `null` in both. */
function changedBy(code: string, edit: [from: string, to: string], functions: Functions): string[] {
  const edited = code.replace(...edit);
  assert.notEqual(edited, code);
  const before = codesOf(code, functions);
  const after = codesOf(edited, functions);
  return [...before.keys()].filter((id) => before.get(id) !== after.get(id));
}

const file = `import { ask } from 'models';
const words = ['a'];
words.push('b');
let limit = 2;
function cut(text) { return text.slice(0, limit); }
function even(n) { return n === 0 || odd(n - 1); }
function odd(n) { return n !== 0 && even(n - 1); }
const input = { topic: 'x' };
const think = async (state) => ({ text: cut(state.text) });
const graph = new Graph().addNode('think', think)
  .addNode('say', (input) => ({ said: words.length }))
  .addNode('count', ({ n }) => ({ even: even(n) }))
  .addNode('ask', () => ask('x'));
export { graph, input };
`;
const functions = {
  think: 'async (state) => ({ text: cut(state.text) })',
  say: '(input) => ({ said: words.length })',
  count: '({ n }) => ({ even: even(n) })',
  ask: "() => ask('x')",
};

describe('codes of nodes', () => {
  it('are the same for the same code, wherever it stands', () => {
    const codes = codesOf(file, functions);
    assert.equal(new Set(codes.values()).size, 4);
    assert.ok(![...codes.values()].includes(null));
    const moved = file
      .replace("const input = { topic: 'x' };\n", '')
      .replace('let limit', '\nlet limit');
    assert.deepEqual(codesOf(moved, functions), codes);
  });

  it('change with what a function calls, through any number of functions and circles of them', () => {
    const changed = (...edit: [string, string]) => changedBy(file, edit, functions);
    assert.deepEqual(changed('let limit = 2', 'let limit = 3'), ['think']);
    assert.deepEqual(changed('n !== 0', 'n > 0'), ['count']);
    assert.deepEqual(changed("push('b')", "push('c')"), ['say']);
    assert.deepEqual(changed("from 'models'", "from 'other'"), ['ask']);
  });

  it('do not change with variables of the same names as their own', () => {
    assert.deepEqual(changedBy(file, ["topic: 'x'", "topic: 'y'"], functions), []);
    const code =
      'const a = 1;\nconst b = 2;\nconst f = ({ a, c: [d = b] }) => { { const e = a; } var g; };\n';
    const own = { f: '({ a, c: [d = b] }) => { { const e = a; } var g; }' };
    assert.deepEqual(changedBy(code, ['a = 1', 'a = 2'], own), []);
    assert.deepEqual(changedBy(code, ['b = 2', 'b = 3'], own), ['f']);
  });

  it('change with assignments, wherever they stand', () => {
    const code = `var table;
var init = lazy(() => { table = { size: 1 }; });
const options = {};
options.deep.size = 1;
Object.assign(options, { more: 1 });
const f = () => table.size;
const g = () => options.deep;
`;
    const own = { f: '() => table.size', g: '() => options.deep' };
    assert.deepEqual(changedBy(code, ['{ size: 1 }', '{ size: 2 }'], own), ['f']);
    assert.deepEqual(changedBy(code, ['deep.size = 1', 'deep.size = 2'], own), ['g']);
    assert.deepEqual(changedBy(code, ['more: 1', 'more: 2'], own), ['g']);
  });

  it('are not told of functions that hang on the call that made them, or on their object', () => {
    const code = `const made = (n) => (state) => ({ n });
class Agent { think = () => this.model; }
const a = made(1);
`;
    const own = { made: '(state) => ({ n })', method: '() => this.model', gone: '() => 0' };
    assert.deepEqual([...codesOf(code, own).values()], [null, null, null]);
  });

  it('are not told where one text is that of several functions, and one of them was made', () => {
    const code = 'const n = 1;\nconst f = () => n;\nconst make = (n) => () => n;\n';
    assert.deepEqual([...codesOf(code, { f: '() => n' }).values()], [null]);
  });

  it('are not told of code that cannot be read, or goes deeper than the stack', () => {
    assert.deepEqual(
      [...codesOf('const f = () => 0;\nconst = ;', { f: '() => 0' }).values()],
      [null],
    );
    const chain = Array.from({ length: 20_000 }, (_, i) => `function f${i}() { f${i + 1}(); }`);
    const codes = codesOf(`${chain.join('\n')}\nconst g = () => f0();\n`, { g: '() => f0()' });
    assert.deepEqual([...codes.values()], [null]);
  });

  it('of the file are those of its text without the map of its sources', () => {
    const map = '//# sourceMappingURL=data:application/json;base64,e30=\n';
    assert.equal(
      nodeCodes(`${file}${map}`, []).file,
      nodeCodes(`${file}//# sourceMappingURL=x\n`, []).file,
    );
    assert.notEqual(nodeCodes(file, []).file, nodeCodes(`${file};`, []).file);
  });

  it('are found in a time that grows with the code alone', () => {
    // Every node uses the same long chain of functions: with one walk for each this would take minutes.
    const chain = Array.from({ length: 1000 }, (_, i) => `function f${i}() { f${i + 1}(); }`);
    const nodes = Array.from({ length: 3000 }, (_, i) => [`n${i}`, `() => f0(${i})`] as const);
    const code = [...chain, ...nodes.map(([name, text]) => `const ${name} = ${text};`)].join('\n');
    assert.equal(new Set(codesOf(code, Object.fromEntries(nodes)).values()).size, 3000);
  });
});

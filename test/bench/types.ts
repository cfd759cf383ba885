// What the compiler needs for a chained graph of 100 nodes.   node test/bench/types.ts
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '../..');
const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) =>
  readFileSync(path, 'utf8'),
);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
options.types = ['node'];
const file = join(root, 'test/bench/generated.ts');

/** The text of a graph of so many nodes in a row, inferred in one chain of calls. */
function chain(nodes: number): string {
  const names = Array.from({ length: nodes }, (_, i) => `node${i}`);
  return [
    `import { Annotation, END, START, StateGraph, append } from '../../src/engine/index.ts';`,
    `const State = Annotation.Root({ n: Annotation<number>(), list: Annotation<string[]>({ reducer: append }) });`,
    `export const graph = new StateGraph(State)`,
    ...names.map(
      (name, i) => `  .addNode('${name}', (state) => ({ n: state.n + ${i}, list: ['${name}'] }))`,
    ),
    `  .addEdge(START, 'node0')`,
    ...names.slice(1).map((name, i) => `  .addEdge('node${i}', '${name}')`),
    `  .addEdge('${names.at(-1)}', END)`,
    `  .compile();`,
  ].join('\n');
}

/** Milliseconds to check the file, once everything that it imports is read and bound. */
function check(text: string): number {
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2024) : read(name, ...rest);
  const program = ts.createProgram([file], options, host);
  const start = performance.now();
  const problems = ts.getPreEmitDiagnostics(program, program.getSourceFile(file));
  const took = performance.now() - start;
  if (problems.length > 0) throw new Error(ts.formatDiagnostics(problems, host));
  return took;
}

const best = (text: string) => Math.min(...Array.from({ length: 3 }, () => check(text)));
const one = best(chain(1));
for (const nodes of [100, 200]) {
  const added = best(chain(nodes)) - one;
  const verdict =
    nodes > 100 ? '' : added <= 1000 ? ', at most 1000 ms: ok' : ', at most 1000 ms: SHORT';
  console.log(`graph of ${nodes} nodes: ${added.toFixed(0)} ms more than a graph of one${verdict}`);
}

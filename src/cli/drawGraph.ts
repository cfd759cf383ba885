import { resolve } from 'node:path';
import type { GraphDescription, Runner } from '../runner/runner.ts';
import { UsageError, type DrawCommand } from './args.ts';
import { readEnvironment } from './readEnvironment.ts';
import type { Terminal } from './terminal.ts';

/**
 * `superstep draw`: prints Mermaid text.
 * @returns The exit code.
 * @throws {UsageError} if it is not clear which graph is meant, {LoadError} as the runner.
 */
export async function drawGraph(
  { file, graph, xray }: DrawCommand,
  { runner, terminal, signal }: { runner: Runner; terminal: Terminal; signal: AbortSignal },
): Promise<number> {
  const path = resolve(file);
  const env = await readEnvironment(path, terminal);
  const { graphs } = await runner.describe(path, { signal, xray, env });
  const { mermaid } = choose(graphs, graph);
  terminal.print([mermaid.trimEnd()]);
  return 0;
}

function choose(graphs: readonly GraphDescription[], name: string | undefined): GraphDescription {
  const names = graphs.map(({ exportName }) => exportName).join(', ');
  const found = name === undefined ? graphs : graphs.filter((graph) => graph.exportName === name);
  if (found.length === 1) return found[0]!;
  throw new UsageError(
    name === undefined
      ? `The file exports several graphs, say which one to draw: ${names} (--graph NAME)`
      : `The file exports no graph "${name}"; it exports: ${names}`,
  );
}

import { resolve } from 'node:path';
import { chooseGraph, tellChoice } from '../runner/chooseGraph.ts';
import type { GraphDescription, Runner } from '../runner/runner.ts';
import { UsageError } from './usageError.ts';
import type { DrawCommand } from './command.ts';
import { formatProblems } from './formatProblems.ts';
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
  const { graphs, hints: told = [] } = await runner.describe(path, { signal, xray, env });
  const { graph: chosen, others } = chooseGraph(graphs, graph);
  if (!chosen) throw unclear(graphs, graph);
  // Of the file, but nothing about graphs that are not drawn.
  const hints = told.filter(({ code }) => code !== 'BUILDER_NOT_COMPILED');
  if (chosen.hint) hints.push(chosen.hint);
  if (graph === undefined && others.length > 0) {
    hints.push({ severity: 'information', message: tellChoice(chosen, others), file: path });
  }
  terminal.note(formatProblems(hints, terminal.notePaint));
  terminal.print([chosen.mermaid.trimEnd()]);
  return 0;
}

function unclear(graphs: readonly GraphDescription[], name: string | undefined): UsageError {
  const names = graphs.map(({ exportName }) => exportName).join(', ');
  return new UsageError(
    name === undefined
      ? `The file exports several graphs, say which one to draw: ${names} (--graph NAME)`
      : `The file exports no graph "${name}"; it exports: ${names}`,
  );
}

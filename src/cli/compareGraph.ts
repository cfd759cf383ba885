import { resolve } from 'node:path';
import { formatParity } from '../runner/report/formatParity.ts';
import { compareEngines, type Parity } from '../runner/parity/parity.ts';
import type { RunOutline } from '../runner/parity/runOutline.ts';
import type { ModelProvider } from '../runner/models.ts';
import type { Runner, RunOptions } from '../runner/runner.ts';
import { toJson } from '../runner/toJson.ts';
import type { ParityCommand } from './command.ts';
import { exitCodes } from './exitCodes.ts';
import { offlineModels } from './offlineModels.ts';
import { readEnvironment } from './readEnvironment.ts';
import { readJsonValue } from './readJsonValue.ts';
import type { Terminal } from './terminal.ts';

/**
 * `superstep parity`.
 * @returns The exit code.
 * @throws {UsageError} for an input that cannot be read, {LoadError} if there is no LangGraph.js, or neither
 * can load the file.
 */
export async function compareGraph(
  command: ParityCommand,
  { runner, terminal, signal }: { runner: Runner; terminal: Terminal; signal: AbortSignal },
): Promise<number> {
  const file = resolve(command.file);
  const { graph, input, replay } = command;
  const options: RunOptions = {
    file,
    signal,
    env: await readEnvironment(file, terminal),
    models: once(offlineModels(command, terminal)),
    ...(graph !== undefined && { exportName: graph }),
    ...(input !== undefined && { input: await readJsonValue(input, 'input', process.stdin) }),
    ...(replay !== undefined && {
      recording: { folder: resolve(replay), mode: 'replay' as const },
    }),
  };
  const parity = await compareEngines(runner, options, (engine) => {
    terminal.note([`Running with ${engine === 'superstep' ? 'Superstep' : 'LangGraph.js'}`]);
  });
  if (!parity) return exitCodes.cancelled;
  const columns = Math.min(process.stdout.columns || 100, 160);
  terminal.print(
    command.json
      ? [JSON.stringify(toJson(asData(parity)))]
      : formatParity(parity, { paint: terminal.paint, columns }),
  );
  return parity.differences.length === 0 ? exitCodes.done : exitCodes.different;
}

/** One choice for all runs, told once. */
function once({ override, ...provider }: ModelProvider): ModelProvider {
  let choice: ReturnType<ModelProvider['choose']> | undefined;
  return {
    ...provider,
    ...(override !== undefined && { override }),
    choose: (...args) => (choice ??= provider.choose(...args)),
  };
}

function asData({ version, ours, theirs, differences, laterSteps, reasons, isChance }: Parity) {
  return {
    alike: differences.length === 0,
    langgraphVersion: version,
    differences: differences.map(({ superstepSide, langgraphSide, ...rest }) => ({
      ...rest,
      ours: superstepSide,
      theirs: langgraphSide,
    })),
    laterSuperstepsThatDiffer: laterSteps,
    known: reasons,
    ...(isChance !== undefined && { isChance }),
    superstep: sideOf(ours),
    langgraph: sideOf(theirs),
  };
}

function sideOf({ status, state, error, problems, steps, questions }: RunOutline) {
  return {
    status,
    state,
    ...(error && { error }),
    ...(problems.length > 0 && { problems }),
    supersteps: steps.length,
    ...(questions.length > 0 && { questions }),
  };
}

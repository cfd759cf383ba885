import { isCommand } from '../model/command.ts';
import type { RunConfig } from '../model/runConfig.ts';
import type { GraphRun } from './graphRun.ts';

/** Tells callbacks that a graph begins, and of the input that it is given. */
export function tellStart(run: GraphRun, input: unknown, own?: RunConfig): void {
  const { scope, plan, callerTask: caller } = run;
  const { tags, metadata } = scope.config;
  const config = { ...(tags && { tags }), ...(metadata && { metadata }), runId: own?.runId };
  const name = own?.runName ?? plan.name;
  run.callbackId = scope.callbacks!.graphStarted({ name, input, caller, config });
  if (plan.kind !== 'graph' || input === null || isCommand(input)) return;
  scope.callbacks!.inputWritten(run.callbackId, input, {
    config,
    step: run.snapshot.step + 1,
    place: run.place,
  });
}

import { RestateRunner } from '../runner/restate/restateRunner.ts';
import type { RunCommand } from './command.ts';
import { exitCodes } from './exitCodes.ts';
import { runGraph } from './runGraph.ts';
import type { Terminal } from './terminal.ts';

/**
 * `superstep run --on restate`: the run is one of the server, and this process watches it.
 * @returns The exit code.
 * @throws What {@link runGraph} throws.
 */
export async function runElsewhere(
  { on, ...command }: RunCommand & Required<Pick<RunCommand, 'on'>>,
  terminal: Terminal,
): Promise<number> {
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) {
      terminal.note(['Left running']);
      process.exit(exitCodes.cancelled);
    }
    terminal.note(['Cancelling; press Ctrl+C again to leave without waiting for that']);
    stop.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const runner = new RestateRunner(on);
    return await runGraph({ ...command, on }, { runner, terminal, signal: stop.signal });
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

import { window, type LogOutputChannel } from 'vscode';

/** Does something; what it throws is logged and told, and gives `undefined`. */
export type FaultGuard = <T>(action: () => T | Promise<T>) => Promise<T | undefined>;

/**
 * Catches what nobody expected: faults of ours. They are logged with their stack and told short;
 * what users have to know is told where it happens.
 */
export function faultGuard(log: LogOutputChannel): FaultGuard {
  return async (action) => {
    try {
      return await action();
    } catch (error) {
      log.error(error instanceof Error ? error : String(error));
      const showLog = 'Show Log';
      const message = error instanceof Error ? error.message : String(error);
      void window
        .showErrorMessage(`Superstep has failed unexpectedly: ${message}`, showLog)
        .then((chosen) => chosen && log.show());
      return undefined;
    }
  };
}

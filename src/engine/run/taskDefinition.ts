import type { Policy } from '../model/policies/policy.ts';
import type { WorkerPlace } from '../model/workerPlace.ts';

/** A functional task as it was defined. */
export interface TaskDefinition {
  readonly name: string;
  readonly action: (...args: any[]) => unknown;
  readonly policy: Policy | undefined;
  /** How many of its calls may run at once in a run; `undefined` if there is no cap. */
  readonly maxConcurrency: number | undefined;
  /** Where worker threads find it; `undefined` if it runs in the thread of its caller. */
  readonly worker?: WorkerPlace | undefined;
  /** Its calls are a part of their caller for observers and for the run's cap; only what is kept of them is their own. */
  readonly isQuiet?: boolean;
}

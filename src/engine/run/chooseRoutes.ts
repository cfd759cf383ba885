import { readView, type Router } from '../plan/plan.ts';
import { explainReadOnly } from '../state/readOnly.ts';
import { callInTask } from './runContext.ts';
import { promiseOf } from '../model/thenable.ts';
import { addRoute, type Outcome } from '../plan/outcome.ts';
import type { TaskFrame } from './taskFrame.ts';

/**
 * Asks the routers of a node (or of START), one after another, where to go, and adds their answers
 * to the outcome. Waits only for routers that are asynchronous.
 */
export function chooseRoutes(
  frame: TaskFrame,
  outcome: Outcome,
  at: {
    readonly routers: readonly Router[];
    readonly source: string;
    readonly values: readonly unknown[];
  },
): Outcome | Promise<Outcome> {
  const { plan } = frame.run;
  const { routers, source } = at;
  const state = readView(plan.state, at.values);
  try {
    for (let i = 0; i < routers.length; i++) {
      const returned = callInTask(frame, routers[i]!.action, state);
      const promise = promiseOf(returned);
      if (promise === undefined) frame.run.scope.callbacks?.routed(frame, state, returned);
      else return goOn(frame, outcome, { routers, source, state, i, promise });
      addRoute(plan, outcome, routers[i]!, { returned, source });
    }
  } catch (error) {
    // Routers see what their node has written, which its own input does not have.
    throw explainReadOnly(error, frame.info.node, state);
  }
  return outcome;
}

/** Waits for the router that has been called, and asks those after it. */
async function goOn(
  frame: TaskFrame,
  outcome: Outcome,
  at: {
    readonly routers: readonly Router[];
    readonly source: string;
    readonly state: object;
    readonly i: number;
    readonly promise: PromiseLike<unknown>;
  },
): Promise<Outcome> {
  const { plan } = frame.run;
  const { routers, source } = at;
  const { callbacks } = frame.run.scope;
  try {
    let returned = await at.promise;
    callbacks?.routed(frame, at.state, returned);
    addRoute(plan, outcome, routers[at.i]!, { returned, source });
    for (const router of routers.slice(at.i + 1)) {
      returned = await callInTask(frame, router.action, at.state);
      callbacks?.routed(frame, at.state, returned);
      addRoute(plan, outcome, router, { returned, source });
    }
  } catch (error) {
    throw explainReadOnly(error, frame.info.node, at.state);
  }
  return outcome;
}

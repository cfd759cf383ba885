import { readView, type Router } from '../plan/plan.ts';
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
  const state = readView(plan.state, at.values);
  const routeFrom = (first: number): Outcome | Promise<Outcome> => {
    for (let i = first; i < at.routers.length; i++) {
      const router = at.routers[i]!;
      const add = (returned: unknown) =>
        addRoute(plan, outcome, router, { returned, source: at.source });
      const returned = callInTask(frame, router.action, state);
      const promise = promiseOf(returned);
      if (promise !== undefined) {
        return promise.then((value) => {
          add(value);
          return routeFrom(i + 1);
        });
      }
      add(returned);
    }
    return outcome;
  };
  return routeFrom(0);
}

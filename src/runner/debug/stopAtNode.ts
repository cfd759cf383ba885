import inspector from 'node:inspector';
import type { GraphHost } from '../../engine/model/graphHandle.ts';

/** Where the inspector finds the function that it is told of; gone when it knows it. */
const HANDED_OVER = Symbol.for('superstep.stopAt');

/**
 * Whatever debugger is attached stops where the function of one node begins. All others are left as they are;
 * that one runs in this thread also where it would have had a worker thread, which has another function.
 */
export function stopAtNode(nodeId: string): NonNullable<GraphHost['nodes']> {
  return (id, action) => {
    if (id !== nodeId || !action) return undefined;
    stopAtCalls(action);
    return action;
  };
}

/** The breakpoint is there as long as the session, which is to say as long as this process. */
function stopAtCalls(action: (...args: never[]) => unknown): void {
  const session = new inspector.Session();
  session.connect();
  session.post('Debugger.enable');
  const place = globalThis as { [HANDED_OVER]?: typeof action };
  place[HANDED_OVER] = action;
  const expression = `globalThis[Symbol.for('${HANDED_OVER.description}')]`;
  session.post('Runtime.evaluate', { expression }, (_error, found) => {
    delete place[HANDED_OVER];
    const objectId = found?.result.objectId;
    if (objectId !== undefined) session.post('Debugger.setBreakpointOnFunctionCall', { objectId });
  });
}

// Measures how long Debug takes until the debugger holds a node, in the hosted VS Code with the built extension:
// npm run build && node test/bench/debugging.ts
// From the command of the lens to the debugger's word that it has stopped. The first one is cold: the debugger's
// own code, a process and a bundle are loaded for it.
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { openHost } from '../host/openHost.ts';
import { root } from '../host/install.ts';
import { makeTestFolder } from '../ui/testFolder.ts';

const ROUNDS = 8;
/** The editor's own TypeScript takes both processors for some seconds after the start. */
const REST_MS = 15_000;
const BETWEEN_MS = 2000;

const graph = `import { Annotation, END, START, StateGraph } from 'superstep';
const State = Annotation.Root({ n: Annotation<number>() });
export const held = new StateGraph(State)
  .addNode('first', () => {
    return { n: 1 };
  })
  .addEdge(START, 'first')
  .addEdge('first', END)
  .compile({ name: 'held' });
`;
const BREAKPOINT_LINE0 = 4;

const folder = makeTestFolder({ 'held.graph.ts': graph });
const host = await openHost({ folder: folder.path, extensionDevelopmentPath: root });
try {
  await host.open(folder.file('held.graph.ts'));
  await host.codeLens('Debug');
  await sleep(REST_MS);
  const times: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    times.push(await debugToStop());
    await sleep(BETWEEN_MS);
  }
  const [cold, ...warm] = times.map(Math.round);
  warm.sort((a, b) => a - b);
  const median = warm[Math.floor(warm.length / 2)];
  console.log(`debug to first stop: cold ${cold} ms, warm median ${median} ms (${warm.join(' ')})`);
  console.log(`load ${loadavg()[0]!.toFixed(1)}`);
} finally {
  await host.close();
  folder.remove();
}

/** Ends the session as well, and waits for that. */
function debugToStop(): Promise<number> {
  return host.evaluate(
    async ({ Location, Position, SourceBreakpoint, Uri, commands, debug }, path, line0) => {
      const uri = Uri.file(path);
      const breakpoint = new SourceBreakpoint(new Location(uri, new Position(line0, 4)));
      debug.addBreakpoints([breakpoint]);
      const stopped = Promise.withResolvers<number>();
      const tracking = debug.registerDebugAdapterTrackerFactory('*', {
        createDebugAdapterTracker: () => ({
          onDidSendMessage({ event }: { event?: string }) {
            if (event === 'stopped') stopped.resolve(performance.now());
          },
        }),
      });
      try {
        const asked = performance.now();
        const ended = commands.executeCommand('superstep.debugGraph', uri, 'held');
        const took = (await stopped.promise) - asked;
        await commands.executeCommand('workbench.action.debug.stop');
        await ended;
        return took;
      } finally {
        tracking.dispose();
        debug.removeBreakpoints([breakpoint]);
      }
    },
    folder.file('held.graph.ts'),
    BREAKPOINT_LINE0,
  );
}

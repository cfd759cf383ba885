import { commands, type Disposable } from 'vscode';
import type { Activities } from './runs/activities.ts';
import { DisposableStore } from './disposableStore.ts';
import type { GraphSources } from './graphs/graphSources.ts';

/** Keeps the context keys that the `when` clauses in package.json ask for. */
export function trackContextKeys(activities: Activities, sources: GraphSources): Disposable {
  const owned = new DisposableStore();
  owned.add(
    sources.onDidChangeFiles((files) => {
      void commands.executeCommand('setContext', 'superstep.graphFiles', files);
    }),
  );
  owned.add(trackRunningFiles(activities));
  return owned;
}

function trackRunningFiles(activities: Activities): Disposable {
  let last = '';
  return activities.onDidChange(() => {
    const files = [...new Set(activities.shown.map(({ file }) => file))];
    const now = JSON.stringify(files);
    if (now === last) return;
    last = now;
    void commands.executeCommand('setContext', 'superstep.isRunning', files.length > 0);
    void commands.executeCommand('setContext', 'superstep.runningFiles', files);
  });
}

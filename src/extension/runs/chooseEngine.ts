import { window, type QuickPickItem, type Uri } from 'vscode';
import { changeSetting } from '../changeSetting.ts';
import { readSettings, type Settings } from '../settings.ts';

interface Choice extends QuickPickItem {
  readonly runWith: Settings['runWith'];
}

const CHOICES: readonly Choice[] = [
  { runWith: 'superstep', label: '$(zap) Superstep', detail: 'With all that the panel can show' },
  {
    runWith: 'langgraph',
    label: '$(package) The Installed LangGraph.js',
    detail: 'Of retries, routers and waiting tasks it tells nothing; breakpoints are passed by',
  },
];

/** Shows which engine runs graphs, and lets the user change it. */
export async function chooseEngine(file: Uri | undefined): Promise<void> {
  const current = readSettings(file).runWith;
  const items = CHOICES.map((choice) =>
    choice.runWith === current ? { ...choice, description: 'in use' } : choice,
  );
  const chosen = await window.showQuickPick(items, {
    title: 'Run With…',
    placeHolder: 'Which engine is to run the graphs of this workspace?',
    matchOnDetail: true,
  });
  if (chosen) await changeSetting('runWith', chosen.runWith, file);
}

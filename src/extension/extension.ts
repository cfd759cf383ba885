import { Uri, commands, debug, languages, window, workspace, type ExtensionContext } from 'vscode';
import { Activities } from './runs/activities.ts';
import type { BreakpointAction } from './debug/breakpointActions.ts';
import { GraphBreakpoints } from './debug/breakpoints.ts';
import { GraphCommands } from './commands.ts';
import { trackContextKeys } from './contextKeys.ts';
import { DisposableStore } from './disposableStore.ts';
import { faultGuard } from './faultGuard.ts';
import { trackFileChanges } from './graphs/fileChanges.ts';
import { forgetHiddenProblems } from './graphs/forgetHiddenProblems.ts';
import { PROJECT_DOCUMENTS, SCRIPT_DOCUMENTS } from './graphs/graphFile.ts';
import { GraphLenses } from './source/graphLenses.ts';
import { GraphFiles } from './graphs/graphFiles.ts';
import { GraphSources } from './graphs/graphSources.ts';
import { GRAPHS_VIEW, GraphTree, targetOf } from './graphs/graphTree.ts';
import { InputDocuments } from './input/inputDocuments.ts';
import { InputMemory } from './input/inputMemory.ts';
import { InputWarnings } from './input/inputWarnings.ts';
import { KeptThreads } from './runs/keptThreads.ts';
import { LazyRunner } from './runs/lazyRunner.ts';
import { LintProblems } from './lint/lintProblems.ts';
import { ModelSource } from './models/modelSource.ts';
import { packageCommands } from './packageCommands.ts';
import { servePanels } from './panel/panelRequests.ts';
import { nodeInPage } from './panel/panelTarget.ts';
import { Previews } from './panel/previews.ts';
import { Problems } from './graphs/problems.ts';
import { onDidRename, type PathOwner } from './graphs/rename.ts';
import { renameKeys } from './graphs/renameKeys.ts';
import type { PastRuns } from './history/pastRuns.ts';
import { RunHistory } from './history/runHistory.ts';
import { RunOutput } from './runs/runOutput.ts';
import { RUN_SCHEME, RUNS_VIEW, RunTree } from './history/runTree.ts';
import { Runs } from './runs/runs.ts';
import { SourceNotes } from './source/sourceNotes.ts';
import { StatusBar } from './runs/statusBar.ts';
import { StoredKey } from './models/storedKey.ts';
import { WaitingRuns } from './runs/waitingRuns.ts';

/** Of what stands for a panel in the title of its editor. */
const PANEL_SCHEME = 'webview-panel';

/** Type of launch configurations. */
const LAUNCH_TYPE = 'superstep';

/** Ends what `activate` began; the editor waits for it. */
let end: () => Promise<void> = async () => {};

/** Builds the objects and connects them. Nothing is parsed, bundled or run before it is needed. */
export function activate(context: ExtensionContext): void {
  const owned = new DisposableStore();
  // Faults of our own, with levels and stacks, apart from what the user's graphs have to say.
  const log = owned.add(window.createOutputChannel('Superstep Log', { log: true }));
  const runner = owned.add(new LazyRunner(startRunner));
  owned.add(trackFileChanges((path) => runner.fileChanged(path)));
  const output = owned.add(new RunOutput());
  const problems = owned.add(new Problems());
  const sources = owned.add(new GraphSources());
  const activities = owned.add(new Activities());
  const waits = owned.add(new WaitingRuns(context.workspaceState));
  const files = owned.add(new GraphFiles({ runner, problems, activities, sources, log }));
  const storePath = stored(context, 'threads.sqlite').fsPath;
  const history = owned.add(
    new RunHistory({
      workerUrl: new URL('history.js', import.meta.url),
      folder: stored(context, 'runs'),
      threads: {
        path: storePath,
        sqliteUrl: new URL('sqlite.js', import.meta.url).href,
      },
    }),
  );
  const threads = new KeptThreads(runner, storePath);
  const breakpoints = owned.add(new GraphBreakpoints(context.workspaceState));
  const models = new ModelSource(context.workspaceState, new StoredKey(context.secrets));
  const runs = owned.add(
    new Runs({
      runner,
      problems,
      activities,
      waits,
      history,
      output,
      models,
      breakpoints,
      threads,
    }),
  );
  const inputMemory = new InputMemory(context.workspaceState);
  const inputDocuments = owned.add(new InputDocuments(inputMemory));
  const inputWarnings = owned.add(new InputWarnings(files));
  owned.add(new StatusBar(activities, waits));
  const sourceNotes = owned.add(new SourceNotes({ sources, runs }));
  owned.add(trackContextKeys(activities, sources));
  const previews = owned.add(
    new Previews({ extensionUri: context.extensionUri, files, runs, breakpoints }),
  );
  const graphs = new GraphCommands({
    activities,
    inputDocuments,
    inputMemory,
    files,
    output,
    previews,
    runs,
    waits,
    workspaceState: context.workspaceState,
  });
  /** Loaded when the first question is answered. */
  const loadAnswers = async () => {
    const { Answers } = await import('./runs/answers.ts');
    return new Answers({
      waits,
      resume: (run, resume) => graphs.resume(run, resume),
      showPanel: (target) => previews.open(target),
    });
  };
  /** Loaded when something is debugged. */
  const loadDebug = async () => {
    const { DebugCommands } = await import('./debug/debugCommands.ts');
    return new DebugCommands(graphs);
  };
  /** Loaded when somebody looks back. */
  let pastRuns: Promise<PastRuns> | undefined;
  const loadPastRuns = () => (pastRuns ??= makePastRuns());
  const makePastRuns = async (): Promise<PastRuns> => {
    const { Forks, PastRuns, StateDocuments } = await import('./history/pastRunCommands.ts');
    const forks = new Forks({
      checkpoints: (target, thread) => threads.checkpoints(target, thread),
      stateAt: (target, thread, at) => threads.stateAt(target, thread, at),
      runFrom: (target, thread, resume) => graphs.runFrom(target, thread, resume),
      documents: owned.add(new StateDocuments()),
      ...{ history, files },
    });
    return new PastRuns({ history, previews, waits, graphs, forks });
  };
  const exportAs = async (given: unknown) => {
    const { Exports } = await import('./panel/exports.ts');
    const pageFiles = {
      script: new URL('webview.js', import.meta.url),
      styles: new URL('../media/panel.css', import.meta.url),
      theme: new URL('../media/page.css', import.meta.url),
    };
    await new Exports({ pageFiles, previews, history }).export(given);
  };
  /** Loaded for the first breakpoint. */
  const changeBreakpoints = async (action: BreakpointAction, given: readonly unknown[]) => {
    const { changeBreakpoints: change } = await import('./debug/breakpointActions.ts');
    return change(breakpoints, action, given);
  };
  const guard = faultGuard(log);
  const actions: Record<string, (...args: unknown[]) => unknown> = {
    'superstep.runGraph': (uri, exportName) => graphs.runGraph(uri, exportName),
    'superstep.debugGraph': async (uri, exportName) =>
      (await loadDebug()).debugGraph(uri, exportName),
    'superstep.debugNode': async (...args) => (await loadDebug()).debugNode(...args),
    'superstep.breakBefore': (...args) => changeBreakpoints('breakBefore', args),
    'superstep.breakAfter': (...args) => changeBreakpoints('breakAfter', args),
    'superstep.breakWhen': (...args) => changeBreakpoints('breakWhen', args),
    'superstep.clearBreakpoints': (...args) => changeBreakpoints('clearBreakpoints', args),
    'superstep.recordModels': (uri, exportName) =>
      graphs.runGraph(uri, exportName, { recording: 'record' }),
    'superstep.replayModels': (uri, exportName) =>
      graphs.runGraph(uri, exportName, { recording: 'replay' }),
    'superstep.recordMissingModels': (uri, exportName, input) =>
      graphs.runGraph(uri, exportName, {
        recording: 'missing',
        ...(isGiven(input) && { input }),
      }),
    'superstep.runGraphWithInput': (uri, exportName) => graphs.runGraphWithInput(uri, exportName),
    'superstep.stopRun': (uri, exportName) => graphs.stopRun(uri, exportName),
    'superstep.answerQuestion': async (uri, exportName) =>
      (await loadAnswers()).ask(uri, exportName),
    'superstep.previewGraph': (uri, exportName) => graphs.previewGraph(uri, exportName),
    'superstep.previewGraphToSide': (uri, exportName) =>
      graphs.previewGraph(uri, exportName, { isBeside: true }),
    'superstep.lockPreview': () => previews.lock(true),
    'superstep.unlockPreview': () => previews.lock(false),
    'superstep.resetInput': (uri) => graphs.resetInput(uri),
    'superstep.clearHistory': () => history.clear(),
    'superstep.openRun': async (run) => (await loadPastRuns()).open(run),
    'superstep.runAgain': async (run) => (await loadPastRuns()).runAgain(run),
    'superstep.runFrom': async (run) => (await loadPastRuns()).runFrom(run),
    'superstep.editState': async (run) => (await loadPastRuns()).editState(run),
    'superstep.runWithState': async (uri) => (await loadPastRuns()).runWithState(uri),
    'superstep.compareRuns': async (run) => (await loadPastRuns()).compare(run),
    'superstep.showNode': (...args) => showNode(previews, args),
    'superstep.export': exportAs,
    'superstep.deleteThread': async (given) => (await loadPastRuns()).deleteThread(given),
    'superstep.deleteRun': async (run, selected) => (await loadPastRuns()).delete(run, selected),
    'superstep.showOutput': () => output.show(),
    'superstep.chooseModel': () => models.change(),
    'superstep.compareWithLangGraph': (uri, exportName) =>
      graphs.compareWithLangGraph(uri, exportName, { runner, models }),
    'superstep.runWith': async (uri) =>
      (await import('./runs/chooseEngine.ts')).chooseEngine(uri instanceof Uri ? uri : undefined),
    'superstep.runOn': async (uri) =>
      (await import('./runs/servers.ts')).chooseServer(uri instanceof Uri ? uri : undefined),
    'superstep.setApiKey': () => models.setApiKey(),
    'superstep.clearApiKey': () => models.clearApiKey(),
    ...packageCommands(context),
  };
  for (const [name, action] of Object.entries(actions)) {
    const act = (...args: unknown[]) => guard(() => action(...withTarget(args, previews)));
    owned.add(commands.registerCommand(name, act));
  }
  owned.add(
    debug.registerDebugConfigurationProvider(LAUNCH_TYPE, {
      // Nothing is configured yet: what is at hand is debugged.
      resolveDebugConfiguration: (_folder, given) =>
        given.type ? given : { type: LAUNCH_TYPE, request: 'launch', name: 'Superstep' },
      // The run begins the session that it has, in the place of this one.
      resolveDebugConfigurationWithSubstitutedVariables: (folder, given) =>
        void guard(async () => (await loadDebug()).launch(folder, given)),
    }),
  );
  owned.add(servePanels({ previews, graphs, sources, loadAnswers, guard, log }));
  const graphTree = owned.add(new GraphTree(sources, breakpoints));
  owned.add(window.createTreeView(GRAPHS_VIEW, { treeDataProvider: graphTree }));
  owned.add(
    window.createTreeView(RUNS_VIEW, {
      treeDataProvider: new RunTree(history),
      canSelectMany: true,
    }),
  );
  owned.add(
    workspace.registerTextDocumentContentProvider(RUN_SCHEME, {
      provideTextDocumentContent: async (uri) => (await loadPastRuns()).text(uri),
    }),
  );
  const lenses = owned.add(new GraphLenses({ sources, activities, waits }));
  owned.add(languages.registerCodeLensProvider([SCRIPT_DOCUMENTS, PROJECT_DOCUMENTS], lenses));
  void guard(async () => {
    const { MissingTypes } = await import('./newFiles/missingTypes.ts');
    owned.add(new MissingTypes(context.workspaceState));
  });
  void guard(async () => {
    const { Projects } = await import('./graphs/projects.ts');
    owned.add(new Projects(problems));
  });
  void guard(async () => {
    const { TestExplorer } = await import('./tests/testExplorer.ts');
    owned.add(new TestExplorer({ runner, models, previews }));
  });
  const lint = owned.add(new LintProblems());
  owned.add(
    languages.registerCodeActionsProvider(SCRIPT_DOCUMENTS, {
      async provideCodeActions(document, range, about) {
        const { LintFixes } = await import('./lint/lintFixes.ts');
        return new LintFixes(lint).provideCodeActions(document, range, about);
      },
    }),
  );
  owned.add(forgetHiddenProblems(problems, previews));
  /** The kept inputs go before the documents that show them, the runs before their panels. */
  const pathOwners: readonly PathOwner[] = [
    problems,
    { move: (rename) => renameKeys(context.workspaceState, rename) },
    runs,
    waits,
    sourceNotes,
    previews,
    files,
    inputWarnings,
    inputDocuments,
  ];
  owned.add(
    onDidRename((rename) => {
      for (const owner of pathOwners) void guard(() => owner.move(rename));
    }),
  );
  owned.add(
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('superstep.maxMemoryMb')) runner.renew();
    }),
  );

  end = async () => {
    // First, so that what goes on is kept as cut off, and not as stopped by the user.
    const closing = history.close();
    owned.dispose();
    await Promise.all([closing, runner.dispose()]);
  };
}

/** Ends every run and everything else that `activate` began. */
export function deactivate(): Promise<void> {
  return end();
}

/** An input that a message of ours hands over. */
function isGiven(input: unknown): input is { readonly value: unknown } {
  return typeof input === 'object' && input !== null && 'value' in input;
}

/** Follows a link of a hover; anybody else may call it with anything. */
function showNode(previews: Previews, [file, exportName, nodeId, view]: readonly unknown[]): void {
  if (typeof file !== 'string' || typeof exportName !== 'string') return;
  if (typeof nodeId !== 'string') return;
  if (view !== 'timeline' && view !== 'state' && view !== 'output') return;
  previews.select({ file, exportName }, nodeId, view);
}

/**
 * Menus of the view of graphs give an entry of it, those of a panel the panel, or what its page says of the
 * place, where others give a file, an export, and perhaps a node.
 */
function withTarget(args: readonly unknown[], previews: Previews): readonly unknown[] {
  const target = targetOf(args[0]);
  if (target) return [Uri.file(target.file), target.exportName, target.node];
  const [given] = args;
  const node = nodeInPage(given);
  const isOfPanel = node !== undefined || (given instanceof Uri && given.scheme === PANEL_SCHEME);
  const shown = isOfPanel ? previews.shown?.target : undefined;
  return shown ? [Uri.file(shown.file), shown.exportName, node] : args;
}

/** Where something is kept: with the workspace, or with the editor if there is none. */
function stored({ storageUri, globalStorageUri }: ExtensionContext, name: string): Uri {
  return Uri.joinPath(storageUri ?? globalStorageUri, name);
}

async function startRunner() {
  const { startRunner: start } = await import('./runs/startRunner.ts');
  return start(new URL('.', import.meta.url));
}

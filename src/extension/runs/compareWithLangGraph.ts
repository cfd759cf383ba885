import { ProgressLocation, Uri, commands, window, workspace } from 'vscode';
import { compareEngines, type Parity } from '../../runner/parity/parity.ts';
import type { RunOutline } from '../../runner/parity/runOutline.ts';
import { formatParity } from '../../runner/report/formatParity.ts';
import type { Runner } from '../../runner/runner.ts';
import { toJson } from '../../runner/toJson.ts';
import { readEnvironment } from '../graphs/readEnvironment.ts';
import type { ModelSource } from '../models/modelSource.ts';
import type { RunOutput } from './runOutput.ts';
import type { ChosenGraph } from './runs.ts';

const SCHEME = 'superstep-parity';
const SHOW = 'Show Differences';
const OUTPUT = 'Show Output';

/**
 * Runs a graph with Superstep, then with the LangGraph.js that is installed, and tells how they differ: in the
 * output, and on request in the editor's own comparison of two texts.
 * @param input Default: the file's own.
 * @returns `undefined` if the user stopped it.
 * @throws {LoadError} if there is no LangGraph.js, or neither can load the file.
 */
export async function compareWithLangGraph(
  { graph, target }: ChosenGraph,
  input: unknown,
  parts: {
    readonly runner: Pick<Runner, 'run'>;
    readonly models: Pick<ModelSource, 'provider'>;
    readonly output: RunOutput;
  },
): Promise<Parity | undefined> {
  const { env, warnings } = await readEnvironment(target.file);
  const section = parts.output.section(`${graph.name} with both engines`);
  section.append(warnings);
  try {
    const options = {
      ...target,
      ...(input !== undefined && { input }),
      env,
      models: parts.models.provider((line) => section.append([line])),
    };
    const parity = await window.withProgress(
      { location: ProgressLocation.Notification, title: graph.name, cancellable: true },
      async (progress, token) => {
        const stop = new AbortController();
        const stopped = token.onCancellationRequested(() => stop.abort());
        try {
          return await compareEngines(
            parts.runner,
            { ...options, signal: stop.signal },
            (engine) => {
              const name = engine === 'superstep' ? 'Superstep' : 'LangGraph.js';
              progress.report({ message: `running with ${name}` });
            },
          );
        } finally {
          stopped.dispose();
        }
      },
    );
    if (!parity) return undefined;
    section.append([...formatParity(parity), '']);
    void tell(parity, graph.name, parts.output);
    return parity;
  } finally {
    section.dispose();
  }
}

async function tell(parity: Parity, name: string, output: RunOutput): Promise<void> {
  const { differences, version } = parity;
  if (differences.length === 0) {
    const alike = `${name}: Superstep and LangGraph.js ${version} do the same.`;
    if ((await window.showInformationMessage(alike, OUTPUT)) === OUTPUT) output.show();
    return;
  }
  const differ = `${name}: Superstep and LangGraph.js ${version} do not do the same.`;
  const chosen = await window.showWarningMessage(differ, SHOW, OUTPUT);
  if (chosen === OUTPUT) output.show();
  if (chosen === SHOW) await showDifferences(parity, name);
}

/** The texts live as long as the comparison of them is open. */
async function showDifferences({ ours, theirs, version }: Parity, name: string): Promise<void> {
  const sides = [
    { uri: sideUri(name, 'Superstep'), text: textOf(ours) },
    { uri: sideUri(name, `LangGraph.js ${version}`), text: textOf(theirs) },
  ] as const;
  const provider = workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: (uri) =>
      sides.find((side) => side.uri.toString() === uri.toString())?.text,
  });
  try {
    const documents = sides.map(({ uri }) => workspace.openTextDocument(uri));
    await Promise.all(documents);
    const [left, right] = sides;
    const title = `${name}: Superstep ↔ LangGraph.js ${version}`;
    await commands.executeCommand('vscode.diff', left.uri, right.uri, title);
  } finally {
    provider.dispose();
  }
}

/** With a number of its own, so that no comparison shows the texts of one before it. */
let count = 0;
const sideUri = (name: string, engine: string): Uri =>
  Uri.from({ scheme: SCHEME, path: `/${name} with ${engine}.json`, query: String(++count) });

function textOf({ status, problems, error, steps, questions, state }: RunOutline): string {
  const outline = {
    status,
    ...(problems.length > 0 && { problems: problems.map(({ message }) => message) }),
    ...(error && { error: `${error.name}: ${error.message}` }),
    supersteps: steps.map(({ graph, superstep, tasks, state }) => ({
      superstep,
      ...(graph !== '' && { graph }),
      updates: tasks.map(({ label, updates }) => ({ [label]: updates })),
      state,
    })),
    ...(questions.length > 0 && { questions }),
    state,
  };
  return `${JSON.stringify(toJson(outline), undefined, 2)}\n`;
}

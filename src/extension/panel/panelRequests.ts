import { Uri, type Disposable, type LogOutputChannel } from 'vscode';
import type { Answers } from '../runs/answers.ts';
import type { GraphCommands } from '../commands.ts';
import type { FaultGuard } from '../faultGuard.ts';
import type { GraphSources } from '../graphs/graphSources.ts';
import type { PanelRequest } from './previewPanel.ts';
import type { Previews } from './previews.ts';

/** Does what is asked for in panels, mostly by a click. */
export function servePanels({
  previews,
  graphs,
  sources,
  loadAnswers,
  guard,
  log,
}: {
  readonly previews: Previews;
  readonly graphs: GraphCommands;
  readonly sources: GraphSources;
  readonly loadAnswers: () => Promise<Answers>;
  readonly guard: FaultGuard;
  readonly log: LogOutputChannel;
}): Disposable {
  const serve = (request: PanelRequest): unknown => {
    const { target } = request;
    const { file, exportName } = target;
    const graph = { file, exportName: exportName ?? '' };
    /** What comes of nothing leaves the cards as they are. */
    const answer = async (work: () => Promise<unknown>): Promise<void> => {
      if (!(await guard(work))) previews.restate(target);
    };
    switch (request.type) {
      case 'run':
        return guard(() => graphs.runGraph(Uri.file(file), exportName));
      case 'stop':
        return guard(() => graphs.stopRun(Uri.file(file), exportName));
      case 'reveal':
        return guard(async () => {
          const { revealNode } = await import('./revealNode.ts');
          await revealNode(sources, target, request.nodeId);
        });
      case 'open':
        return guard(async () => {
          const { showProblem } = await import('../graphs/showProblem.ts');
          await showProblem(request.problem);
        });
      case 'answer':
        return answer(async () => (await loadAnswers()).answer(graph, request.answers));
      case 'goOn':
        return answer(async () => (await loadAnswers()).goOn(graph, request.state));
      case 'saveTrace':
        return guard(async () => {
          const { saveFile } = await import('./saveFile.ts');
          const kind = 'Trace Event JSON';
          await saveFile(target, { ending: 'trace.json', kind, content: request.text });
        });
      case 'drawFailed':
        return log.error(`The diagram of ${file} could not be drawn: ${request.message}`);
    }
  };
  return previews.onDidRequest((request) => void serve(request));
}

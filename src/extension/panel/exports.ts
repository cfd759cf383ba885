import { window } from 'vscode';
import { isKeptRun } from '../../runner/history/keptRun.ts';
import { pageMessages } from '../../runner/report/pageMessages.ts';
import { runPage, type PageFiles } from '../../runner/report/runPage.ts';
import { Trace } from '../../trace/trace.ts';
import { toTraceEvents } from '../../trace/traceEvents.ts';
import { endMessages, runMessages } from './panelMessages.ts';
import type { Shown } from './previewPanel.ts';
import type { Previews } from './previews.ts';
import { pastNotice, replayRun } from '../history/replayRun.ts';
import type { RunHistory } from '../history/runHistory.ts';
import type { RunViewModel } from '../runs/runViewModel.ts';
import { saveFile, type FileToSave } from './saveFile.ts';

/** A kind of file that something can be exported as. */
interface Format {
  readonly label: string;
  readonly description: string;
  /** `undefined`: it cannot be done, which the user was told. */
  readonly make: () => FileToSave | undefined | Promise<FileToSave | undefined>;
}

/** Writes graphs and runs into files that others can open. */
export class Exports {
  readonly #pageFiles: PageFiles;
  readonly #previews: Previews;
  readonly #history: RunHistory;

  constructor(parts: { pageFiles: PageFiles; previews: Previews; history: RunHistory }) {
    this.#pageFiles = parts.pageFiles;
    this.#previews = parts.previews;
    this.#history = parts.history;
  }

  /**
   * Exports what a panel shows, or a run that is kept, as what the user picks.
   * @param given A run of the history; anything else: the panel that is at hand.
   */
  async export(given: unknown): Promise<void> {
    const shown = isKeptRun(given) ? await this.#past(given) : this.#previews.shown;
    const formats = shown ? this.#formats(shown) : [];
    if (!shown || formats.length === 0) {
      const how = 'Preview a graph first: what its panel shows can be exported.';
      return void window.showInformationMessage(how);
    }
    const title = `Export ${shown.title}`;
    const picked = await window.showQuickPick(formats, { title, matchOnDescription: true });
    const made = await picked?.make();
    if (made) await saveFile(shown.target, made);
  }

  async #past(given: Parameters<typeof replayRun>[0]): Promise<Shown> {
    const content = await this.#history.content(given.id);
    const run = await replayRun(given, content, this.#history.events(given.id));
    const { target, graph } = run;
    return { target, title: graph.name, mermaid: graph.mermaid, run, notice: pastNotice(given) };
  }

  #formats({ title, mermaid, run, notice, image }: Shown): Format[] {
    const formats: Format[] = [];
    if (run?.result) {
      formats.push(
        {
          label: 'Run as Web Page',
          description: 'one HTML file with diagram, timeline, state and output',
          make: () => this.#page(run, notice),
        },
        {
          label: 'Run as Trace Event JSON',
          description: 'for Perfetto and speedscope',
          make: () => traceFile(run),
        },
      );
    }
    if (mermaid === undefined) return formats;
    if (image) {
      const picture = async (format: 'svg' | 'png', kind: string) => {
        const data = await image(format);
        if (data !== undefined) {
          const content = format === 'svg' ? data : Buffer.from(data, 'base64');
          return { ending: format, kind, content };
        }
        return void window.showInformationMessage(`The diagram of ${title} is not drawn yet.`);
      };
      formats.push(
        {
          label: 'Diagram as SVG',
          description: 'as it looks now, with its colours',
          make: () => picture('svg', 'SVG'),
        },
        {
          label: 'Diagram as PNG',
          description: 'as it looks now, twice as large',
          make: () => picture('png', 'PNG'),
        },
      );
    }
    formats.push({
      label: 'Diagram as Mermaid Text',
      description: 'for Markdown',
      make: () => ({ ending: 'mmd', kind: 'Mermaid Text', content: mermaid }),
    });
    return formats;
  }

  async #page(run: RunViewModel, notice: string | undefined): Promise<FileToSave> {
    const { graph, file, events } = run;
    const revision = 1;
    const messages = pageMessages({ graph, file, events, notice }, [
      ...runMessages(run, revision),
      ...endMessages(run, { revision, canRun: false }),
    ]);
    const content = await runPage(messages, this.#pageFiles);
    return { ending: 'run.html', kind: 'Web Page', content };
  }
}

/** A run as Trace Event JSON. */
function traceFile({ events }: RunViewModel): FileToSave {
  const trace = new Trace();
  for (const event of events) trace.add(event);
  const content = toTraceEvents(trace, trace.lastMs);
  return { ending: 'trace.json', kind: 'Trace Event JSON', content };
}

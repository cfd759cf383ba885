import { writeFile } from 'node:fs/promises';
import type { RunEvent } from '../engine/model/events.ts';
import type { NodeProgress } from '../protocol/webviewMessages.ts';
import { addProgress } from '../runner/report/addProgress.ts';
import { eventMessages } from '../runner/report/eventMessages.ts';
import { failureText } from '../runner/report/failureText.ts';
import { pageMessages } from '../runner/report/pageMessages.ts';
import { PanelEvents } from '../runner/report/panelEvents.ts';
import { runPage, type PageFiles } from '../runner/report/runPage.ts';
import type { GraphDescription, RunResult } from '../runner/runner.ts';
import { RunMetrics } from '../trace/runMetrics.ts';

/** Takes down a run, with all that it goes on with once it was answered, for a page of its own. */
export class PageOfRun {
  readonly #graph: GraphDescription;
  readonly #file: string;
  #events = new PanelEvents();
  #metrics = new RunMetrics();
  #before: readonly NodeProgress[] = [];
  #durationMs = 0;
  #failedNode: string | undefined;
  #result: RunResult | undefined;

  /** @param file Path of the graph file. */
  constructor(graph: GraphDescription, file: string) {
    this.#graph = graph;
    this.#file = file;
  }

  add(events: readonly RunEvent[]): void {
    this.#events.add(events);
    for (const event of events) {
      this.#metrics.add(event);
      if (event.type === 'runFailed') this.#failedNode = event.failure?.node;
    }
  }

  /** A run has ended; if it waits, another one may go on with it. */
  end(result: RunResult): void {
    this.#before = this.#progress();
    this.#events = new PanelEvents(this.#events.all);
    this.#metrics = new RunMetrics();
    this.#durationMs += result.durationMs;
    this.#result = { ...result, durationMs: this.#durationMs };
  }

  /**
   * Writes the page; nothing if no run has ended.
   * @throws what the file system says.
   */
  async write(path: string, files: PageFiles): Promise<void> {
    if (!this.#result) return;
    const { all: events } = this.#events;
    const { status, durationMs } = this.#result;
    const revision = 1;
    const message = failureText({ ...this.#result, node: this.#failedNode });
    const messages = pageMessages({ graph: this.#graph, file: this.#file, events }, [
      { type: 'runStarted', revision },
      ...eventMessages(revision, events),
      { type: 'progress', revision, nodes: this.#before },
      {
        ...{ type: 'runEnded', revision, status, durationMs },
        ...(status === 'failed' && { message }),
      },
    ]);
    await writeFile(path, await runPage(messages, files));
  }

  #progress(): NodeProgress[] {
    const now = new Map(this.#metrics.progress().map((node) => [node.id, node]));
    if (now.size === 0) return [...this.#before];
    const before = new Map(this.#before.map((node) => [node.id, node]));
    const others = [...before.values()].filter(({ id }) => !now.has(id));
    return [
      ...others.map((node) => addProgress(node)),
      ...[...now.values()].map((node) => {
        const earlier = before.get(node.id);
        return earlier ? addProgress(earlier, node) : node;
      }),
    ];
  }
}

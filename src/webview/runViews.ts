import type { NodeProgress } from '../protocol/webviewMessages.ts';
import { Moments } from '../trace/moments.ts';
import type { TaskSpan } from '../trace/spans.ts';
import { Trace, type TracedEvent } from '../trace/trace.ts';
import { toTraceEvents } from '../trace/traceEvents.ts';
import { OutputView, type OutputParts } from './output/outputView.ts';
import { StateView, type StateParts } from './state/stateView.ts';
import { TimelineView, type TimelineParts } from './timeline/timelineView.ts';

/** What the views consist of. */
export interface RunViewsParts {
  readonly timeline: TimelineParts;
  readonly state: StateParts;
  readonly output: OutputParts;
}

/** What the user does in the views. */
export interface RunViewsEvents {
  readonly onReveal: (nodeId: string) => void;
  /** A task is chosen in one of them, and thereby in all. */
  readonly onSelect: (nodeId: string) => void;
}

/** The views of a run that show what is folded from its events: what is chosen in one is so in all. */
export class RunViews {
  readonly #events: RunViewsEvents;
  readonly #timeline: TimelineView;
  readonly #state: StateView;
  readonly #output: OutputView;
  #trace = new Trace();
  #moments = new Moments();
  /** What the views show: the run as it is, or as it was. */
  #shown = this.#trace;
  #isFrameAsked = false;

  constructor(parts: RunViewsParts, events: RunViewsEvents) {
    this.#events = events;
    const { onReveal } = events;
    const from = (view: object) => ({
      onReveal,
      onSelect: (span: TaskSpan) => this.#select(span, view),
    });
    this.#timeline = new TimelineView(parts.timeline, from(parts.timeline), this.#trace);
    this.#state = new StateView(parts.state, from(parts.state), this.#trace);
    this.#output = new OutputView(parts.output, from(parts.output), this.#trace);
    this.#views = new Map<object, { select(span: TaskSpan): void }>([
      [parts.timeline, this.#timeline],
      [parts.state, this.#state],
      [parts.output, this.#output],
    ]);
  }

  readonly #views: ReadonlyMap<object, { select(span: TaskSpan): void }>;

  /** What has happened up to the moment that is shown. */
  get trace(): Trace {
    return this.#shown;
  }

  /**
   * The time of the run so far, in milliseconds, and when the supersteps of its graph began; `undefined`
   * if it cannot be shown as it was.
   */
  get timeOfRun(): { readonly wholeMs: number; readonly borders: readonly number[] } | undefined {
    if (this.#moments.isTooLong) return undefined;
    const { lastMs, supersteps } = this.#trace;
    const roots = supersteps.filter(({ path, superstep }) => path.length === 0 && superstep > 0);
    return { wholeMs: lastMs, borders: roots.map(({ startMs }) => startMs) };
  }

  /**
   * Shows the run as it was after that many milliseconds; `undefined`: as it is.
   * @returns What its nodes had come to by then.
   */
  showAt(atMs: number | undefined): readonly NodeProgress[] | undefined {
    const moment = atMs === undefined ? undefined : this.#moments.at(atMs);
    this.#shown = moment?.trace ?? this.#trace;
    const time = atMs === undefined ? undefined : { atMs, wholeMs: this.#trace.lastMs };
    this.#timeline.showAt(this.#shown, time);
    this.#state.showAt(this.#shown);
    this.#output.showAt(this.#shown);
    return moment?.progress;
  }

  /** For Perfetto, speedscope and `chrome://tracing`. */
  traceJson(): string {
    return toTraceEvents(this.#trace, this.#trace.lastMs);
  }

  /** A run begins: what is shown of another goes. */
  reset(): void {
    this.#trace = this.#shown = new Trace();
    this.#moments = new Moments();
    this.#timeline.reset(this.#trace);
    this.#state.reset(this.#trace);
    this.#output.reset(this.#trace);
    this.#ask();
  }

  add(events: readonly TracedEvent[]): void {
    for (const event of events) {
      this.#trace.add(event);
      this.#moments.add(event, this.#trace.lastMs);
    }
    this.#timeline.heard();
    this.#ask();
  }

  /** The theme has changed, or another view is shown. */
  refresh(): void {
    this.#timeline.refresh();
    // At once: what stood there before it was hidden is not to be seen.
    this.#state.refresh();
    this.#output.refresh();
  }

  /** A node was chosen in the diagram: its last task is in the other views. */
  selectNode(nodeId: string): void {
    const span = this.#shown.tasks.findLast(({ task }) => task.nodeId === nodeId);
    if (span) this.#select(span, undefined);
  }

  #select(span: TaskSpan, from: object | undefined): void {
    for (const [parts, view] of this.#views) if (parts !== from) view.select(span);
    this.#events.onSelect(span.task.nodeId);
  }

  #ask(): void {
    if (this.#isFrameAsked) return;
    this.#isFrameAsked = true;
    requestAnimationFrame(() => {
      this.#isFrameAsked = false;
      this.#state.refresh();
      this.#output.refresh();
    });
  }
}

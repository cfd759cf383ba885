import { criticalPath } from '../../trace/criticalPath.ts';
import type { TaskSpan } from '../../trace/spans.ts';
import type { Trace } from '../../trace/trace.ts';
import { formatDuration } from '../words.ts';
import { readColours, type Colours } from './colours.ts';
import { tellFacts } from './facts.ts';
import { AXIS_HEIGHT, ROW_HEIGHT, paint } from './paint.ts';
import { Rows, type Row } from './rows.ts';
import { Scale } from './scale.ts';
import { fillTable } from './taskTable.ts';
import { tellTask } from './tooltip.ts';

/** While a run goes on, facts about all of it are told so often only. */
const FACTS_EVERY_MS = 500;
/** How far an arrow key moves, as a share of what is shown. */
const STEP = 0.15;
const ZOOM = 1.4;

/** The elements of the page that the timeline consists of. */
export interface TimelineParts {
  readonly stage: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** As high as all rows. */
  readonly spacer: HTMLElement;
  readonly tip: HTMLElement;
  readonly facts: HTMLElement;
  readonly whatIf: HTMLSelectElement;
  readonly whatIfBox: HTMLElement;
  readonly empty: HTMLElement;
  readonly table: HTMLTableElement;
  readonly tablePane: HTMLElement;
  readonly tableButton: HTMLElement;
  readonly fitButton: HTMLElement;
}

/** What the user does in the view. */
export interface TimelineEvents {
  readonly onSelect: (span: TaskSpan) => void;
  readonly onReveal: (nodeId: string) => void;
}

/** A time of a run that is over. */
export interface TimelineMoment {
  readonly atMs: number;
  readonly wholeMs: number;
}

/** Where the time of a run went: a line for each node, from the events of the run. */
export class TimelineView {
  readonly #parts: TimelineParts;
  readonly #events: TimelineEvents;
  readonly #context: CanvasRenderingContext2D;
  readonly #scale = new Scale();
  readonly #toggled = new Set<string>();
  #trace: Trace;
  /** The time of the run at which it is shown; absent: as it is. */
  #moment: TimelineMoment | undefined;
  #lines: Rows;
  #rows: readonly Row[] = [];
  #rowsOf = -1;
  #nextRowsAt = 0;
  #critical: ReadonlySet<TaskSpan> = new Set();
  #colours: Colours | undefined;
  #selectedRow: string | undefined;
  #selectedSpan: TaskSpan | undefined;
  /** Shows the whole run, until somebody zooms. */
  #isFitted = true;
  #isFrameAsked = false;
  #factsAt = -Infinity;
  /** The page's time at which the last event came. */
  #heardAt = 0;
  #drag: { readonly x: number; readonly startMs: number; moved: boolean } | undefined;

  constructor(parts: TimelineParts, events: TimelineEvents, trace: Trace) {
    this.#parts = parts;
    this.#events = events;
    this.#trace = trace;
    this.#lines = new Rows(trace);
    this.#context = parts.canvas.getContext('2d')!;
    const { stage, canvas, tableButton, fitButton, whatIf } = parts;
    new ResizeObserver(() => this.#ask()).observe(stage);
    stage.addEventListener('scroll', () => this.#ask());
    stage.addEventListener('keydown', (event) => this.#onKey(event));
    canvas.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
    canvas.addEventListener('pointerdown', (event) => this.#onDown(event));
    canvas.addEventListener('pointermove', (event) => this.#onMove(event));
    canvas.addEventListener('pointerup', () => (this.#drag = undefined));
    canvas.addEventListener('pointerleave', () => this.#showTip(undefined));
    canvas.addEventListener('click', (event) => this.#onClick(event));
    canvas.addEventListener('dblclick', () => this.#reveal());
    fitButton.addEventListener('click', () => this.#fit());
    tableButton.addEventListener('click', () => this.#toggleTable());
    whatIf.addEventListener('change', () => whatIf.setAttribute('title', whatIf.value));
  }

  /** A run begins: what is shown of another goes. */
  reset(trace: Trace): void {
    this.#trace = trace;
    this.#lines = new Rows(trace);
    this.#moment = undefined;
    this.#rows = [];
    this.#rowsOf = -1;
    this.#critical = new Set();
    this.#toggled.clear();
    this.#selectedRow = this.#selectedSpan = undefined;
    this.#isFitted = true;
    this.#factsAt = -Infinity;
    this.#ask();
  }

  /** Shows the same run at another time; lines that are open, and what is chosen, stay. */
  showAt(trace: Trace, moment: TimelineMoment | undefined): void {
    const chosen = this.#selectedSpan?.index;
    if (trace !== this.#trace) this.#lines = new Rows(trace);
    this.#trace = trace;
    this.#moment = moment;
    this.#selectedSpan = chosen === undefined ? undefined : trace.tasks[chosen];
    this.#rowsOf = -1;
    this.#critical = new Set();
    this.#factsAt = -Infinity;
    this.#ask();
  }

  /** More has happened. */
  heard(): void {
    this.#heardAt = performance.now();
    this.#ask();
  }

  /** Colours are read again: the theme has changed, or the view is shown. */
  refresh(): void {
    this.#colours = undefined;
    this.#ask();
  }

  /** Chooses a task, and the line that it is in. */
  select(span: TaskSpan): void {
    this.#selectedSpan = span;
    this.#selectedRow = this.#rows.find(({ spans }) => spans.includes(span))?.key;
    this.#ask();
  }

  get #isRunning(): boolean {
    const { status, startedAt } = this.#trace;
    return status === 'running' && startedAt !== undefined && this.#moment === undefined;
  }

  /** How long it took, or takes so far; never 0. */
  get #wholeMs(): number {
    return Math.max(this.#moment?.wholeMs ?? this.#nowMs, 0.01);
  }

  get #nowMs(): number {
    if (this.#moment) return this.#moment.atMs;
    const { lastMs } = this.#trace;
    return this.#isRunning ? lastMs + performance.now() - this.#heardAt : lastMs;
  }

  #ask(): void {
    if (this.#isFrameAsked) return;
    this.#isFrameAsked = true;
    requestAnimationFrame(() => {
      this.#isFrameAsked = false;
      if (this.#parts.stage.clientWidth === 0) return;
      this.#draw();
      if (this.#isRunning) this.#ask();
    });
  }

  #draw(): void {
    const { stage, canvas, spacer, empty } = this.#parts;
    const nowMs = this.#nowMs;
    this.#update(nowMs);
    const isEmpty = this.#rows.length === 0;
    empty.hidden = !isEmpty;
    canvas.hidden = isEmpty;
    if (isEmpty) return;
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    const ratio = devicePixelRatio;
    if (
      canvas.width !== Math.round(width * ratio) ||
      canvas.height !== Math.round(height * ratio)
    ) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    spacer.style.height = `${AXIS_HEIGHT + this.#rows.length * ROW_HEIGHT + 8}px`;
    const gutter = Math.round(Math.min(240, Math.max(90, width * 0.28)));
    const scale = this.#scale;
    scale.left = gutter + 4;
    scale.width = Math.max(10, width - gutter - 16);
    if (this.#isFitted) scale.move(0, this.#wholeMs, this.#wholeMs);
    const { fontFamily, fontSize } = getComputedStyle(document.body);
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#colours ??= readColours(this.#context);
    paint({
      context: this.#context,
      colours: this.#colours,
      scale,
      width,
      height,
      gutter,
      scrollTop: stage.scrollTop,
      rows: this.#rows,
      supersteps: this.#trace.supersteps.filter(({ path }) => path.length === 0),
      critical: this.#critical,
      selected: { row: this.#selectedRow, span: this.#selectedSpan },
      nowMs,
      isMoment: this.#moment !== undefined,
      font: `${fontSize} ${fontFamily}`,
    });
  }

  #update(nowMs: number): void {
    const { revision } = this.#trace;
    if (this.#rowsOf !== revision) {
      // Of a run with very many tasks the lines are not made anew with each event.
      const isMoving = this.#isRunning || this.#moment !== undefined;
      if (isMoving && performance.now() < this.#nextRowsAt) return this.#askLater();
      this.#rowsOf = revision;
      this.#makeRows();
    } else if (!this.#isRunning) return this.#tell(nowMs);
    if (performance.now() - this.#factsAt >= FACTS_EVERY_MS || !this.#isRunning) this.#tell(nowMs);
  }

  /** While a run goes on there is a next frame anyhow. */
  #askLater(): void {
    if (this.#moment) setTimeout(() => this.#ask(), this.#nextRowsAt - performance.now());
  }

  #makeRows(): void {
    const began = performance.now();
    this.#rows = this.#lines.build(this.#toggled);
    const now = performance.now();
    this.#nextRowsAt = now + 10 * (now - began);
  }

  /** Tells what concerns the whole run, unless nothing has changed since. */
  #tell(nowMs: number): void {
    const isOld = this.#factsAt === Infinity;
    if (isOld && !this.#isRunning) return;
    this.#factsAt = this.#isRunning ? performance.now() : Infinity;
    const { facts, whatIf, whatIfBox, stage } = this.#parts;
    const hasTasks = this.#trace.tasks.length > 0;
    const told = hasTasks ? tellFacts(this.#trace, nowMs) : { sentences: [], whatIf: [] };
    facts.textContent = told.sentences.join(' · ');
    stage.setAttribute(
      'aria-label',
      `Timeline: ${told.sentences.join(', ')}. Up and down choose a line, Enter goes to its source, ` +
        `plus and minus zoom, left and right move, 0 shows all`,
    );
    const isOver = !this.#isRunning && this.#moment === undefined;
    if (isOver) {
      this.#critical = new Set(criticalPath(this.#trace.tasks, nowMs).map(({ span }) => span));
    }
    whatIfBox.hidden = !isOver || told.whatIf.length === 0;
    whatIf.replaceChildren(
      ...told.whatIf.map(({ places, wallMs }) => {
        const option = document.createElement('option');
        option.textContent = `${places}: ${formatDuration(wallMs)}`;
        option.value = String(places);
        return option;
      }),
    );
    if (!this.#parts.tablePane.hidden) this.#fillTable();
  }

  #fillTable(): void {
    const { table } = this.#parts;
    fillTable(table, this.#trace, { nowMs: this.#nowMs, onChoose: this.#events.onReveal });
  }

  #toggleTable(): void {
    const { tablePane, tableButton, stage } = this.#parts;
    tablePane.hidden = !tablePane.hidden;
    stage.hidden = !tablePane.hidden;
    tableButton.setAttribute('aria-pressed', String(!tablePane.hidden));
    if (!tablePane.hidden) this.#fillTable();
    this.#ask();
  }

  #fit(): void {
    this.#isFitted = true;
    this.#ask();
  }

  #zoom(factor: number, x: number): void {
    const whole = this.#wholeMs;
    this.#scale.zoom(factor, x, whole);
    this.#isFitted = this.#scale.endMs - this.#scale.startMs >= whole;
    this.#ask();
  }

  #pan(startMs: number): void {
    const { startMs: from, endMs } = this.#scale;
    this.#scale.move(startMs, endMs - from, this.#wholeMs);
    this.#ask();
  }

  #onWheel(event: WheelEvent): void {
    const { startMs, endMs, width } = this.#scale;
    if (event.ctrlKey || event.metaKey || event.altKey) {
      event.preventDefault();
      return this.#zoom(event.deltaY < 0 ? ZOOM : 1 / ZOOM, event.offsetX);
    }
    if (event.deltaX === 0 && !event.shiftKey) return;
    event.preventDefault();
    const pixels = event.deltaX === 0 ? event.deltaY : event.deltaX;
    this.#pan(startMs + (pixels / width) * (endMs - startMs));
  }

  #onDown({ offsetX, pointerId, button }: PointerEvent): void {
    if (button !== 0) return;
    this.#drag = { x: offsetX, startMs: this.#scale.startMs, moved: false };
    this.#parts.canvas.setPointerCapture(pointerId);
  }

  #onMove(event: PointerEvent): void {
    const drag = this.#drag;
    if (!drag) return this.#showTip(this.#at(event), event);
    if (Math.abs(event.offsetX - drag.x) < 3 && !drag.moved) return;
    drag.moved = true;
    const { startMs, endMs, width } = this.#scale;
    this.#pan(drag.startMs - ((event.offsetX - drag.x) / width) * (endMs - startMs));
  }

  #onClick(event: MouseEvent): void {
    const row = this.#rowAt(event.offsetY);
    const span = this.#at(event);
    this.#selectedRow = row?.key;
    this.#selectedSpan = span;
    if (row && !span && event.offsetX < this.#scale.left) this.#toggle(row);
    if (span) this.#events.onSelect(span);
    this.#ask();
  }

  #rowAt(offsetY: number): Row | undefined {
    const y = offsetY - AXIS_HEIGHT + this.#parts.stage.scrollTop;
    return offsetY < AXIS_HEIGHT ? undefined : this.#rows[Math.floor(y / ROW_HEIGHT)];
  }

  /** The task under the pointer; of several the one that began last. */
  #at({ offsetX, offsetY }: MouseEvent): TaskSpan | undefined {
    const row = this.#rowAt(offsetY);
    if (!row || offsetX < this.#scale.left - 4) return undefined;
    const slack = (3 / this.#scale.width) * (this.#scale.endMs - this.#scale.startMs);
    const ms = this.#scale.ms(offsetX);
    return row.spans.findLast(
      ({ readyMs, startMs, endMs = this.#nowMs, superstep }) =>
        Math.min(readyMs, startMs) - slack <= ms && ms <= (superstep?.endMs ?? endMs) + slack,
    );
  }

  #toggle({ key, fold }: Row): void {
    if (fold === 'none') return;
    if (!this.#toggled.delete(key)) this.#toggled.add(key);
    this.#makeRows();
    this.#ask();
  }

  #reveal(): void {
    const row = this.#rows.find(({ key }) => key === this.#selectedRow);
    const span = this.#selectedSpan ?? row?.spans[0];
    if (span) this.#events.onReveal(span.task.nodeId);
  }

  #onKey(event: KeyboardEvent): void {
    const { startMs, endMs, left, width } = this.#scale;
    const span = endMs - startMs;
    const row = this.#rows.find(({ key }) => key === this.#selectedRow);
    const actions: Record<string, () => void> = {
      ArrowUp: () => this.#chooseRow(-1),
      ArrowDown: () => this.#chooseRow(1),
      ArrowLeft: () => this.#pan(startMs - span * STEP),
      ArrowRight: () => this.#pan(startMs + span * STEP),
      '+': () => this.#zoom(ZOOM, left + width / 2),
      '=': () => this.#zoom(ZOOM, left + width / 2),
      '-': () => this.#zoom(1 / ZOOM, left + width / 2),
      '0': () => this.#fit(),
      Enter: () => this.#reveal(),
      ' ': () => row && this.#toggle(row),
    };
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  }

  #chooseRow(by: number): void {
    const at = this.#rows.findIndex(({ key }) => key === this.#selectedRow);
    const next = Math.min(this.#rows.length - 1, Math.max(0, at === -1 ? 0 : at + by));
    const row = this.#rows[next];
    if (!row) return;
    this.#selectedRow = row.key;
    this.#selectedSpan = row.spans.length === 1 ? row.spans[0] : undefined;
    if (this.#selectedSpan) this.#events.onSelect(this.#selectedSpan);
    const { stage } = this.#parts;
    const top = next * ROW_HEIGHT;
    if (top < stage.scrollTop) stage.scrollTop = top;
    const bottom = top + AXIS_HEIGHT + ROW_HEIGHT - stage.clientHeight;
    if (bottom > stage.scrollTop) stage.scrollTop = bottom;
    const [first] = row.spans;
    const what = row.spans.length === 1 && first ? tellTask(first, this.#nowMs) : [row.label];
    this.#parts.tip.dataset.said = what.join(', ');
    this.#say(`${what.join(', ')}${row.fold === 'none' ? '' : `, ${row.fold}, space toggles`}`);
    this.#ask();
  }

  /** A screen reader hears of the chosen line as of the stage's description. */
  #say(text: string): void {
    this.#parts.stage.setAttribute('aria-description', text);
  }

  #showTip(span: TaskSpan | undefined, at?: PointerEvent): void {
    const { tip, stage } = this.#parts;
    tip.hidden = !span;
    if (!span || !at) return;
    tip.replaceChildren(
      ...tellTask(span, this.#nowMs).map((line) => {
        const paragraph = document.createElement('p');
        paragraph.textContent = line;
        return paragraph;
      }),
    );
    const box = stage.getBoundingClientRect();
    const left = Math.min(at.clientX + 14, box.right - tip.offsetWidth - 8);
    const above = at.clientY + 18 + tip.offsetHeight > box.bottom;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${above ? at.clientY - tip.offsetHeight - 10 : at.clientY + 18}px`;
  }
}

import type { ModelSpan, SuperstepSpan, TaskSpan } from '../../trace/spans.ts';
import { formatDuration } from '../words.ts';
import type { Colours } from './colours.ts';
import type { Row } from './rows.ts';
import type { Scale } from './scale.ts';

export const ROW_HEIGHT = 24;
/** The axis on top. */
export const AXIS_HEIGHT = 22;
const BAR = 12;
const INDENT = 14;
/** Narrower bars are seen as one with what is beside them. */
const LEAST_PX = 0.6;

/** All that one picture of the timeline is made from. */
export interface Picture {
  readonly context: CanvasRenderingContext2D;
  readonly colours: Colours;
  readonly scale: Scale;
  readonly width: number;
  readonly height: number;
  /** Where names end and bars begin. */
  readonly gutter: number;
  /** Pixels by which the rows are scrolled up. */
  readonly scrollTop: number;
  readonly rows: readonly Row[];
  /** Supersteps of the root graph. */
  readonly supersteps: readonly SuperstepSpan[];
  readonly critical: ReadonlySet<TaskSpan>;
  readonly selected: { readonly row: string | undefined; readonly span: TaskSpan | undefined };
  readonly nowMs: number;
  /** `nowMs` is a time of a run that is over: a line marks it. */
  readonly isMoment: boolean;
  readonly font: string;
}

/** Paints the rows in view; what is narrower than a pixel is left out beside what is painted already. */
export function paint(picture: Picture): void {
  const { context, colours, width, height, scrollTop, rows, gutter } = picture;
  context.clearRect(0, 0, width, height);
  context.font = picture.font;
  context.textBaseline = 'middle';
  paintSupersteps(picture);
  const first = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT));
  const last = Math.min(rows.length, Math.ceil((scrollTop + height) / ROW_HEIGHT));
  for (let i = first; i < last; i++) {
    const y = AXIS_HEIGHT + i * ROW_HEIGHT - scrollTop;
    paintRow(picture, rows[i]!, y);
  }
  context.clearRect(0, 0, width, AXIS_HEIGHT);
  paintAxis(picture);
  context.fillStyle = colours.line;
  context.fillRect(gutter - 1, 0, 1, height);
  if (!picture.isMoment) return;
  const x = picture.scale.x(picture.nowMs);
  if (x < gutter) return;
  context.fillStyle = colours.focus;
  context.fillRect(x - 0.75, 0, 1.5, height);
}

function paintSupersteps({ context, colours, supersteps, scale, height, gutter }: Picture): void {
  context.fillStyle = colours.line;
  let last = -Infinity;
  for (const { startMs } of supersteps) {
    const x = Math.round(scale.x(startMs));
    if (x < gutter || x - last < 3) continue;
    last = x;
    context.fillRect(x, AXIS_HEIGHT, 1, height);
  }
}

function paintAxis({ context, colours, scale, width, gutter }: Picture): void {
  context.fillStyle = colours.muted;
  for (const ms of scale.ticks(90)) {
    const x = scale.x(ms);
    if (x < gutter - 1) continue;
    const text = formatTick(ms, scale.endMs - scale.startMs);
    // The last one would be cut off.
    if (x + 4 + context.measureText(text).width < width) {
      context.fillText(text, x + 4, AXIS_HEIGHT / 2);
    }
    context.fillRect(x, AXIS_HEIGHT - 6, 1, 6);
  }
}

function formatTick(ms: number, spanMs: number): string {
  if (spanMs < 10) return `${ms.toFixed(spanMs < 1 ? 2 : 1)} ms`;
  if (spanMs < 2000) return `${Math.round(ms)} ms`;
  return ms < 1000 && ms > 0 ? `${(ms / 1000).toFixed(1)} s` : formatSeconds(ms, spanMs);
}

function formatSeconds(ms: number, spanMs: number): string {
  return ms >= 60_000 ? formatDuration(ms) : `${(ms / 1000).toFixed(spanMs < 20_000 ? 1 : 0)} s`;
}

function paintRow(picture: Picture, row: Row, y: number): void {
  const { context, colours, width, gutter, selected } = picture;
  if (selected.row === row.key) {
    context.fillStyle = colours.selected;
    context.fillRect(0, y, width, ROW_HEIGHT);
  }
  context.save();
  context.beginPath();
  context.rect(gutter, AXIS_HEIGHT, width - gutter, 1e6);
  context.clip();
  let lastX = -Infinity;
  const stills = new Stills();
  for (const span of row.spans) {
    const end = picture.scale.x(span.endMs ?? picture.nowMs);
    const until = picture.scale.x(span.superstep?.endMs ?? span.endMs ?? picture.nowMs);
    if (Math.max(end, until) < gutter) continue;
    // Sorted by their starts: nothing that follows is in view either.
    if (picture.scale.x(Math.min(span.readyMs, span.startMs)) > width) break;
    if (end - lastX < LEAST_PX && selected.span !== span) continue;
    const place = { y: y + (ROW_HEIGHT - BAR) / 2, isOuter: row.fold === 'open' };
    stills.paint(picture, span, place.y);
    paintSpan(picture, span, place);
    lastX = end;
  }
  context.restore();
  paintLabel(picture, row, y + ROW_HEIGHT / 2);
}

function paintLabel({ context, colours, gutter }: Picture, row: Row, y: number): void {
  const x = 8 + row.depth * INDENT;
  if (row.fold !== 'none') {
    context.strokeStyle = colours.foreground;
    context.lineWidth = 1.2;
    context.beginPath();
    if (row.fold === 'open') {
      context.moveTo(x, y - 2);
      context.lineTo(x + 4, y + 2);
      context.lineTo(x + 8, y - 2);
    } else {
      context.moveTo(x + 2, y - 4);
      context.lineTo(x + 6, y);
      context.lineTo(x + 2, y + 4);
    }
    context.stroke();
  }
  context.fillStyle = colours.foreground;
  context.fillText(fit(context, row.label, gutter - x - 22), x + 14, y);
}

/** The text, or as much of its beginning as there is room for. */
function fit(context: CanvasRenderingContext2D, text: string, width: number): string {
  const short = text.length > 200 ? text.slice(0, 200) : text;
  if (context.measureText(short).width <= width) return short;
  let [low, high] = [0, short.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (context.measureText(`${short.slice(0, middle)}…`).width <= width) low = middle;
    else high = middle - 1;
  }
  return `${short.slice(0, low)}…`;
}

/**
 * The times of one row in which tasks stand still: before they have a place, and at the barrier. Those of
 * many tasks lie over each other: each stretch is painted once.
 */
class Stills {
  #waitedUntilMs = -Infinity;
  #superstep: SuperstepSpan | undefined;
  /** From here on the barrier of the superstep is painted. */
  #heldFromMs = Infinity;

  paint(picture: Picture, span: TaskSpan, y: number): void {
    const { colours, nowMs } = picture;
    const { readyMs, startMs, endMs = nowMs, superstep } = span;
    const from = Math.max(readyMs, this.#waitedUntilMs);
    bar(picture, { from, to: startMs, y, height: BAR }, colours.waits);
    this.#waitedUntilMs = Math.max(this.#waitedUntilMs, startMs);
    if (superstep?.endMs === undefined) return;
    if (superstep !== this.#superstep) this.#heldFromMs = superstep.endMs;
    this.#superstep = superstep;
    if (endMs >= this.#heldFromMs) return;
    dots(picture, { from: endMs, to: this.#heldFromMs, y: y + BAR / 2 });
    this.#heldFromMs = endMs;
  }
}

/** At the same places whichever part is painted, so that parts make one line. */
function dots(
  { context, colours, scale, width, gutter }: Picture,
  { from, to, y }: { readonly from: number; readonly to: number; readonly y: number },
): void {
  context.fillStyle = colours.muted;
  const [left, right] = [Math.max(gutter, scale.x(from) + 1), Math.min(width, scale.x(to) - 1)];
  for (let x = Math.ceil(left / 4) * 4; x < right; x += 4) {
    context.fillRect(x, y, Math.min(2, right - x), 1);
  }
}

function paintSpan(
  picture: Picture,
  span: TaskSpan,
  { y, isOuter }: { readonly y: number; readonly isOuter: boolean },
): void {
  const { context, colours, scale, nowMs, critical, selected } = picture;
  const { startMs, endMs = nowMs, status } = span;
  const colour = status === 'done' ? colours.done : colours[status];
  if (isOuter && span.children.length > 0) {
    // The time of a subgraph is that of the tasks inside it.
    bar(picture, { from: startMs, to: endMs, y: y + BAR / 2 - 2, height: 4 }, colour);
  } else paintAttempts(picture, span, { y, colour });
  if (status === 'waiting')
    bar(picture, { from: startMs, to: endMs, y, height: BAR }, colours.asks);
  for (const call of span.calls) paintCall(picture, call, y);
  if (critical.has(span)) {
    bar(picture, { from: startMs, to: endMs, y: y + BAR + 1, height: 2 }, colours.foreground);
  }
  if (selected.span === span) {
    context.strokeStyle = colours.focus;
    context.lineWidth = 2;
    const [from, to] = [scale.x(startMs), scale.x(endMs)];
    context.strokeRect(from - 1, y - 2, Math.max(3, to - from) + 2, BAR + 4);
  }
}

function paintAttempts(
  picture: Picture,
  { attempts, startMs, endMs = picture.nowMs, isCached, isRecalled }: TaskSpan,
  { y, colour }: { readonly y: number; readonly colour: string },
): void {
  const { colours } = picture;
  if (attempts.length === 0 || isCached || isRecalled) {
    // Nothing was done: the result was there already.
    const { context, scale } = picture;
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.strokeRect(
      scale.x(startMs) + 0.5,
      y + 0.5,
      Math.max(2, scale.x(endMs) - scale.x(startMs) - 1),
      BAR - 1,
    );
    return;
  }
  attempts.forEach(({ startMs: from, endMs: to = picture.nowMs, error }, i) => {
    bar(picture, { from, to, y, height: BAR }, error ? colours.failed : colour);
    const next = attempts[i + 1];
    if (next) bar(picture, { from: to, to: next.startMs, y, height: BAR }, colours.backoff);
  });
}

function paintCall(picture: Picture, call: ModelSpan, y: number): void {
  const { colours, nowMs, context, scale } = picture;
  const { startMs: from, endMs: to = nowMs, status, firstTokenMs, backoffs } = call;
  const place = { y: y + BAR - 5, height: 5 };
  bar(picture, { from, to, ...place }, status === 'failed' ? colours.failed : colours.model);
  for (const { startMs, endMs } of backoffs) {
    bar(picture, { from: startMs, to: Math.min(endMs, to), ...place }, colours.backoff);
  }
  if (firstTokenMs === undefined || scale.x(to) - scale.x(from) < 6) return;
  context.fillStyle = colours.background;
  context.fillRect(scale.x(firstTokenMs), place.y, 1.5, place.height);
}

function bar(
  { context, scale, width, gutter }: Picture,
  place: {
    readonly from: number;
    readonly to: number;
    readonly y: number;
    readonly height: number;
  },
  fill: string | CanvasPattern,
): void {
  if (place.to <= place.from && typeof fill !== 'string') return;
  const from = Math.max(gutter, scale.x(place.from));
  const to = Math.min(width, Math.max(scale.x(place.to), scale.x(place.from) + 1));
  if (to < from) return;
  context.fillStyle = fill;
  context.fillRect(from, place.y, to - from, place.height);
}

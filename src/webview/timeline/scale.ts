/** Which stretch of time the timeline shows, and where. */
export class Scale {
  /** Time at the left edge. */
  startMs = 0;
  endMs = 1;
  /** Where the bars begin and end, in pixels. */
  left = 0;
  width = 1;

  /** Pixels from the left of the canvas. */
  x(ms: number): number {
    return this.left + ((ms - this.startMs) / (this.endMs - this.startMs)) * this.width;
  }

  ms(x: number): number {
    return this.startMs + ((x - this.left) / this.width) * (this.endMs - this.startMs);
  }

  /** Zooms around a point, and stays within the run. */
  zoom(factor: number, aroundX: number, wholeMs: number): void {
    const around = this.ms(aroundX);
    const share = (aroundX - this.left) / this.width;
    const span = Math.min(wholeMs, Math.max(0.01, (this.endMs - this.startMs) / factor));
    this.move(around - share * span, span, wholeMs);
  }

  /** Shows a stretch of this length from here on, as far as the run goes. */
  move(startMs: number, spanMs: number, wholeMs: number): void {
    this.startMs = Math.max(0, Math.min(startMs, wholeMs - spanMs));
    this.endMs = this.startMs + Math.max(spanMs, 0.01);
  }

  /** Round times for the axis, about one in so many pixels. */
  ticks(everyPx: number): number[] {
    const rough = ((this.endMs - this.startMs) / this.width) * everyPx;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * ([1, 2, 5].find((each) => each * power >= rough) ?? 10);
    const first = Math.ceil(this.startMs / step);
    const count = Math.min(200, Math.floor(this.endMs / step) - first + 1);
    return Array.from({ length: Math.max(0, count) }, (_, i) => (first + i) * step);
  }
}

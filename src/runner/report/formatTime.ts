/** Local wall-clock time as `HH:MM:SS.mmm`, from milliseconds since the Unix epoch. */
export function formatClock(epochMs: number): string {
  const date = new Date(epochMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** Local date and time as `YYYY-MM-DD HH:MM:SS`, from milliseconds since the Unix epoch. */
export function formatMoment(epochMs: number): string {
  const date = new Date(epochMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${formatClock(epochMs).slice(0, 8)}`;
}

/** The time alone for a moment of today, else the date too. */
export function formatSince(epochMs: number): string {
  const isToday = new Date(epochMs).toDateString() === new Date().toDateString();
  return isToday ? formatClock(epochMs) : formatMoment(epochMs);
}

/** A duration for people: `0.4 ms`, `25 ms`, `2.003 s`, `3 min 04.1 s`. */
export function formatDuration(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${ms.toFixed(0)} ms`;
  if (ms < 59_999.5) return `${(ms / 1000).toFixed(3)} s`;
  const tenths = Math.round(ms / 100);
  return `${Math.floor(tenths / 600)} min ${((tenths % 600) / 10).toFixed(1).padStart(4, '0')} s`;
}

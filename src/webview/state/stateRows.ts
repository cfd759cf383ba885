import { takeOver } from '../../trace/sameData.ts';
import { parseJsonText } from '../jsonText.ts';
import { previewOf } from '../valueView.ts';

/** One line of the tree of a state. */
export interface StateRow {
  /** The keys that lead to it. */
  readonly path: readonly string[];
  readonly value: unknown;
  /** How it differs from the state before. */
  readonly change: 'new' | 'changed' | 'removed' | undefined;
  /** Absent where there is nothing inside. */
  readonly isOpen?: boolean;
  readonly preview: string;
}

/** What is shown of a state. */
export interface StateShown {
  /** Absent: there was none. */
  readonly before: unknown;
  /** Keys of the parts that are open, as `rowKey` makes them. */
  readonly open: ReadonlySet<string>;
  /** Only what has this text, in a name or a value, and what is around it. */
  readonly query: string;
  readonly onlyChanges: boolean;
}

/** Names a part of a state. */
export function rowKey(path: readonly string[]): string {
  return JSON.stringify(path);
}

/** The lines of the tree, in order. What is as it was must be the same object in both states. */
export function stateRows(state: unknown, shown: StateShown): StateRow[] {
  const query = shown.query.trim().toLowerCase();
  return new Rows({ ...shown, query }).inside(state, shown.before, []);
}

class Rows {
  readonly #shown: StateShown;

  constructor(shown: StateShown) {
    this.#shown = shown;
  }

  inside(value: unknown, before: unknown, path: readonly string[]): StateRow[] {
    const rows: StateRow[] = [];
    const earlier = new Map(partsOf(before));
    for (const [key, part] of partsOf(value)) {
      const was = earlier.has(key) ? { value: earlier.get(key) } : undefined;
      earlier.delete(key);
      const change = !was ? 'new' : Object.is(was.value, part) ? undefined : 'changed';
      push(rows, this.#rowsOf({ path: [...path, key], value: part, change }, was?.value));
    }
    for (const [key, part] of earlier) {
      push(rows, this.#rowsOf({ path: [...path, key], value: part, change: 'removed' }, undefined));
    }
    return rows;
  }

  /** Of a text with JSON those of what it stands for. */
  #partsOf(value: unknown, before: unknown, path: readonly string[]): StateRow[] {
    const was = opened(before);
    return this.inside(typeof value === 'string' ? takeOver(was, opened(value)) : value, was, path);
  }

  #rowsOf(row: Omit<StateRow, 'preview' | 'isOpen'>, before: unknown): StateRow[] {
    const { path, value, change } = row;
    const { query, onlyChanges, open } = this.#shown;
    if (onlyChanges && change === undefined) return [];
    const preview = previewOf(value);
    const isHit = query === '' || `${path.at(-1)} ${ownText(value)}`.toLowerCase().includes(query);
    const hasParts = change !== 'removed' && partsOf(opened(value)).length > 0;
    if (!hasParts) return isHit ? [{ ...row, preview }] : [];
    const isOpen = open.has(rowKey(path));
    const parts = isOpen || query !== '' ? this.#partsOf(value, before, path) : [];
    if (query !== '' && parts.length > 0) return [{ ...row, preview, isOpen: true }, ...parts];
    if (!isHit) return [];
    return [{ ...row, preview, isOpen: isOpen && parts.length > 0 }, ...parts];
  }
}

function opened(value: unknown): unknown {
  return typeof value === 'string' ? parseJsonText(value) : value;
}

function partsOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function ownText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? '' : JSON.stringify(value);
}

/** Not by spreading, which runs out of stack for very many. */
function push(rows: StateRow[], more: readonly StateRow[]): void {
  for (const row of more) rows.push(row);
}

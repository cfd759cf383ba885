import { show } from '../../engine/model/errors.ts';

/** What is wrong with a value, and where. */
export interface SchemaIssue {
  /** As in `roles[3].name`; empty for the value as a whole. */
  readonly path: string;
  readonly message: string;
  /** What was found there; `undefined` if nothing was. */
  readonly value: unknown;
}

/** An issue at a place of a value. */
export function issueAt(root: unknown, path: readonly PropertyKey[], message: string): SchemaIssue {
  let value = root;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  return { path: toPathText(path), message, value };
}

/** The first few as one line. */
export function describeIssues(issues: readonly SchemaIssue[]): string {
  const some = issues.slice(0, 5).map(describeIssue);
  const more = issues.length > some.length ? [`and ${issues.length - some.length} more`] : [];
  return [...some, ...more].join('; ');
}

export function describeIssue({ path, message, value }: SchemaIssue): string {
  return `${path === '' ? '' : `${path}: `}${message} (got ${value === undefined ? 'nothing' : show(value)})`;
}

/** `roles[3].name`. */
export function toPathText(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

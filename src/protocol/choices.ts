/** One of the answers that a question offers. */
export interface Choice {
  /** For people. */
  readonly label: string;
  /** What the node is given. */
  readonly answer: unknown;
}

/**
 * The answers that a question offers: the list under `options` or `choices` of its value, of texts,
 * numbers and booleans, or of objects with a `value` (given to the node; else the object itself is) and a
 * `label`, `title` or `name`. `undefined` if it offers none, so that anything may be answered.
 */
export function choicesOf(question: unknown): readonly Choice[] | undefined {
  if (typeof question !== 'object' || question === null) return undefined;
  const { options, choices } = question as { options?: unknown; choices?: unknown };
  const list = [options, choices].find((each) => Array.isArray(each) && each.length > 0) as
    readonly unknown[] | undefined;
  const found = list?.map(toChoice);
  return found?.every((choice) => choice !== undefined) ? found : undefined;
}

function toChoice(item: unknown): Choice | undefined {
  if (isSimple(item)) return { label: String(item), answer: item };
  if (typeof item !== 'object' || item === null) return undefined;
  const { value = item, label, title, name } = item as Readonly<Record<string, unknown>>;
  const shown = [label, title, name, value].filter(isSimple).find((each) => each !== '');
  return shown === undefined ? undefined : { label: String(shown), answer: value };
}

/** Can be a choice as it is. */
export function isSimple(item: unknown): item is string | number | boolean {
  return typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean';
}

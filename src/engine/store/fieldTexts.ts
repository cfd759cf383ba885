/** One step of the way to a field: its name, an element of a list, all of them, or one of several fields. */
type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'element'; readonly index: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'fields'; readonly paths: readonly (readonly Step[])[] };

/**
 * The texts of a value at a path, in LangGraph's language of paths: `$` (the whole value, as JSON), `a.b`,
 * `list[0]`, `list[-1]`, `list[*].b`, `*` and `{a,b.c}`. Empty if nothing is there. What is no text is told
 * as JSON.
 */
export function textsAt(value: unknown, path: string): string[] {
  if (path === '$') return [textOf(value)];
  let found: unknown[] = [value];
  for (const step of stepsOf(path)) found = found.flatMap((each) => follow(each, step));
  return found.filter((each) => each !== undefined && each !== null).map(textOf);
}

function stepsOf(path: string): Step[] {
  return [...path.matchAll(/\[([^\]]*)\]|\{([^}]*)\}|([^.[{]+)/g)].map(
    ([, element, fields, name = '']) => {
      if (fields !== undefined) {
        return { kind: 'fields', paths: fields.split(',').map((each) => stepsOf(each.trim())) };
      }
      if (element === '*' || name === '*') return { kind: 'all' };
      if (element !== undefined) return { kind: 'element', index: Number.parseInt(element, 10) };
      return { kind: 'field', name };
    },
  );
}

function follow(value: unknown, step: Step): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  switch (step.kind) {
    case 'all':
      return Object.values(value);
    case 'element':
      return Array.isArray(value) ? [value.at(step.index)] : [];
    case 'field':
      return Object.hasOwn(value, step.name) ? [(value as Record<string, unknown>)[step.name]] : [];
    case 'fields':
      return step.paths.flatMap((path) =>
        path.reduce<unknown[]>(
          (found, each) => found.flatMap((inner) => follow(inner, each)),
          [value],
        ),
      );
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, toPlain, 2);
}

/** JSON has no big integers. */
function toPlain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

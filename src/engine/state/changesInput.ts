/**
 * Whether a function's text shows that it changes what it is given, in the ways in which that is usually
 * written: by a name of the parameter, or one that a part of it was given. It need not find all: who is
 * not found out here is by the refusal of what is read-only, but only once part of its work is done.
 */
export function seemsToChangeInput(action: (...args: any[]) => unknown): boolean {
  const text = Function.prototype.toString.call(action);
  if (!CHANGE.test(text)) return false;
  const names = new Set(parameterNames(text));
  // Each look may find names that the next one needs; parts of parts of parts are rare.
  for (let look = 0; look < 3 && names.size > 0; look++) {
    for (const name of namesOfParts(text, names)) names.add(name);
  }
  if (names.size === 0) return false;
  const part = partOf(names);
  return new RegExp(
    `${part}\\s*(?:[+\\-*/|&?]{0,2}=(?![=>])|\\+\\+|--)|(?:\\+\\+|--|\\bdelete\\s+)${part}|` +
      `(?:${part}|${anyOf(names)})\\s*\\??\\.(?:${METHODS})\\(`,
  ).test(text);
}

const METHODS =
  'push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin|set|add|delete|clear|set[A-Z]\\w*';
/** Without any of these nothing is changed. */
const CHANGE = new RegExp(`[^=!<>]=[^=>]|\\+\\+|--|\\bdelete\\b|\\.(?:${METHODS})\\(`);

const NAME = '[\\w$]+';

function anyOf(names: Iterable<string>): string {
  const escaped = Array.from(names, (name) => name.replaceAll('$', '\\$'));
  return `(?<![\\w$.])(?:${escaped.join('|')})(?![\\w$])`;
}

/** A property of one of these, at any depth. */
function partOf(names: Iterable<string>): string {
  return `${anyOf(names)}(?:[?!]*\\.${NAME}(?!\\()|[?!.]*\\[[^\\]]*\\])+`;
}

/** `(state, config) => …`, `({ list, other: name }) => …`, `function (state) …`, `state => …`. */
function parameterNames(text: string): string[] {
  const bare = new RegExp(`^(?:async\\s+)?(${NAME})\\s*=>`).exec(text)?.[1];
  if (bare !== undefined) return [bare];
  const list = /^[^(]*\(\s*(\{[^}]*\}|[\w$]+)/.exec(text)?.[1];
  return list === undefined ? [] : namesIn(list);
}

/** The names that a pattern of one level declares. */
function namesIn(pattern: string): string[] {
  if (!/^[{[]/.test(pattern)) return [pattern];
  return pattern
    .slice(1, -1)
    .split(',')
    .flatMap(
      (item) =>
        new RegExp(`(?:^|:|\\.\\.\\.)\\s*(${NAME})\\s*(?:=|$)`).exec(item.trim())?.[1] ?? [],
    );
}

/** What is given a part of one of these: by a declaration, in a loop, or as the item of a callback. */
function namesOfParts(text: string, names: ReadonlySet<string>): string[] {
  const from = `(?:${anyOf(names)}(?:[?!.]*(?:\\.${NAME}|\\[[^\\]]*\\]|\\.(?:at|find|get)\\([^)]*\\)))*)`;
  const declared = new RegExp(
    `(?:const|let|var)\\s+(\\{[^}]*\\}|\\[[^\\]]*\\]|${NAME})\\s*(?:=|\\sof\\s|of)\\s*(?:await\\s+)?${from}\\s*(?:[;,)\\n!]|\\?\\?|\\|\\|)`,
    'g',
  );
  const called = new RegExp(
    `${from}[?!]*\\.(?:forEach|map|flatMap|filter)\\(\\s*\\(?\\s*(${NAME})`,
    'g',
  );
  return [
    ...Array.from(text.matchAll(declared), ([, pattern]) => namesIn(pattern!)).flat(),
    ...Array.from(text.matchAll(called), ([, name]) => name!),
  ].filter((name) => !/^(?:function|async)$/.test(name));
}

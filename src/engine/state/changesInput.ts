/**
 * Whether a function's text shows that it changes what it is given, in the ways in which that is usually
 * written: by a name of the parameter, or one that a part of it was given. It need not find all, see
 * `mayChangeInput`.
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

/**
 * Whether a function may change what it is given without its text showing it: it is given something, and
 * calls what is not known to leave that alone. What it finds too much costs little, and what it misses
 * is found out when the change is refused.
 */
export function mayChangeInput(action: (...args: any[]) => unknown): boolean {
  const text = Function.prototype.toString.call(action);
  if (/\[native code\]/.test(text)) return true;
  if (NOTHING_TAKEN.test(text) && !/\barguments\b/.test(text)) return false;
  const body = text.slice(/=>|\{/.exec(text)?.index ?? 0);
  if (CALL_OF_RESULT.test(body)) return true;
  return Array.from(body.matchAll(CALL)).some(({ index, 0: call, 1: name = '' }) => {
    const end = index + call.length;
    const before = PATH.exec(body.slice(Math.max(0, index - 40), index));
    return !leavesAlone(name, before, body.slice(end, end + 80));
  });
}

/** `() =>`, `async function name() {`, `name() {` */
const NOTHING_TAKEN = /^(?:async\b\s*)?(?:function\b\s*)?[*\s]*[\w$]*\s*\(\s*\)/;

/** `make()(state)`, `tools[0](state)`, and a template after a tag. */
const CALL_OF_RESULT = /[\])]\s*(?:\?\.\s*)?\(|[\w$\])]`/;

const CALL = /(?<![\w$])([\w$]+)\s*(?:\?\.\s*)?\(/g;

/** Whose method is called. */
const PATH = /(?:(?<![\w$])([\w$]+))?\s*[?!]*\.\s*$/;

/** @param args The beginning of what it is called with. */
function leavesAlone(name: string, path: RegExpExecArray | null, args: string): boolean {
  if (path === null) return WORDS.test(name) || FUNCTIONS.test(name);
  const owner = path[1] ?? '';
  if (OWNERS.test(owner)) return true;
  if (owner === 'Object') return OF_OBJECT.test(name);
  return CALLING.test(name) ? WRITTEN_THERE.test(args) : METHODS_KNOWN.test(name);
}

const words = (list: string) => new RegExp(`^(?:${list.trim().replace(/\s+/g, '|')})$`);

/** Before a parenthesis that is no call. */
const WORDS = words(
  'if for while switch catch return await typeof void of in function async throw case yield',
);

const OURS = 'interrupt Send Command Overwrite (?:AI|Human|System|Tool|Remove)Message';
const FUNCTIONS = words(
  `Array BigInt Boolean Date Map Number Promise Set String URL \\w*Error structuredClone fetch
   parse(?:Int|Float) (?:set|clear)(?:Timeout|Immediate|Interval) ${OURS}`,
);
const OWNERS = words('JSON Math Number String Date Promise Symbol console performance crypto');
const OF_OBJECT = words('keys values entries fromEntries freeze isFrozen hasOwn is');

/** Methods of lists, texts, Maps and Sets; they may change what they belong to, which the text shows. */
const METHODS_KNOWN = words(
  `at concat flat includes (?:lastI|i)ndexOf join slice with keys values entries has get set add delete
   push pop shift unshift splice reverse toReversed toSpliced isArray from of toString toFixed
   toISOString to(?:Upper|Lower)Case charAt charCodeAt codePointAt trim\\w* split replace(?:All)?
   startsWith endsWith pad(?:Start|End) match(?:All)? test exec repeat localeCompare ${OURS}`,
);

/** Methods that call what they are given: known if that is written there. */
const CALLING = words(
  `map flatMap filter forEach find(?:Last)?(?:Index)? some every reduce(?:Right)? sort toSorted then
   finally`,
);
const WRITTEN_THERE =
  /^\s*(?:\)|(?:Boolean|Number|String)\s*\)|(?:async\b\s*)?(?:\([^()]*\)\s*=>|[\w$]+\s*=>|function\b))/;

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

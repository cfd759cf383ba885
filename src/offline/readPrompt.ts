import type { ChatMessage } from '../chatServer/chatRequest.ts';
import { isSchema, jsonIn } from './schemaInText.ts';
import { topicOf, type Topic } from './topic.ts';

/** What kind of answer is wanted. */
export type Task =
  | 'write'
  | 'reply'
  | 'greet'
  | 'yesOrNo'
  | 'choose'
  | 'joke'
  | 'poem'
  | 'story'
  | 'list'
  | 'rework'
  | 'calculate';

/** What the offline model understands of a conversation. */
export interface Prompt {
  /** What the user said last, without JSON Schemas, and without the middle if it is long. */
  readonly text: string;
  /** Everything that was said by system and user, as it stands. */
  readonly all: string;
  readonly task: Task;
  /** Who is to speak: "As a {role}", "You are a {role}". */
  readonly role: string | undefined;
  readonly topic: Topic;
  /** How much to write; three sentences if nothing is said about it. */
  readonly length: {
    readonly unit: 'words' | 'sentences' | 'paragraphs';
    readonly count: number;
    readonly isAsked: boolean;
  };
  /** No last sentence that sounds like one is wanted. */
  readonly isOpenEnded: boolean;
  /** How many things are asked for, where a number is given. */
  readonly count: number | undefined;
  /** Ids of the things that the prompt lists, both ends included. */
  readonly ids: Range | undefined;
  /** Names of the things to choose from. */
  readonly options: readonly string[];
  /** Numbers in the text, in order. */
  readonly numbers: readonly number[];
  /** What a sum in the text comes to. */
  readonly result: number | undefined;
  /** The text that is to be worked on; '' if there is none. */
  readonly material: string;
  readonly isShortening: boolean;
  /** What was asked for and not given, such as the ladder of a neighbour. */
  readonly thing: string | undefined;
  /** It is about love. */
  readonly isTender: boolean;
  /** What tools have answered since the user spoke. */
  readonly toolResults: readonly { readonly name: string; readonly text: string }[];
}

/** Both ends included. */
interface Range {
  readonly min: number;
  readonly max: number;
}

/** Reads a conversation; the last message of the user is what counts. */
export function readPrompt(messages: readonly ChatMessage[]): Prompt {
  const last = messages.findLastIndex(({ role }) => role === 'user');
  const whole = withoutSchemas((messages[last] ?? messages.at(-1))?.text ?? '');
  const text = clip(whole);
  const all = messages
    .filter(({ role }) => role === 'system' || role === 'user')
    .map((message) => message.text)
    .join('\n\n');
  const rules = clip(withoutSchemas(all));
  const found = {
    text,
    ids: idsIn(whole),
    material: materialIn(whole),
    options: optionsIn(text),
    result: resultIn(text),
  };
  return {
    ...found,
    all,
    task: taskOf(found),
    role: roleIn(text) ?? roleIn(rules),
    topic: topicOf(text),
    length: lengthIn(text) ?? lengthIn(rules) ?? { unit: 'sentences', count: 3, isAsked: false },
    isOpenEnded:
      /\b(?:without|no) (?:an? |any )?(?:[\w ]+ or )?(?:conclusion|ending|closing|introduct\w+)/i.test(
        rules,
      ),
    count: countIn(text),
    numbers: numbersIn(text),
    isShortening: /\b(?:summar\w+|shorten|condense|tl;?dr|key points?|gist|abridge)\b/i.test(text),
    thing: thingIn(text),
    isTender:
      /\b(?:love[sd]?|lover|crush|dating|date|goddess|girlfriend|boyfriend|heart|romantic|sweetheart|beloved)\b/i.test(
        text,
      ),
    toolResults: toolResultsIn(messages.slice(last + 1)),
  };
}

const making = String.raw`\b(?:write|tell|compose|create|make|give|generate|invent|draft|produce|want|need|another|short|funny)\b[^.?!\n]{0,40}\b`;
const forms: readonly (readonly [Task, RegExp])[] = [
  ['joke', new RegExp(String.raw`${making}(?:jokes?|puns?)\b|^\s*jokes?\b`, 'i')],
  [
    'poem',
    new RegExp(
      String.raw`${making}(?:poems?|haikus?|verses?|limericks?|rhymes?|sonnets?|songs?|lyrics)\b|^\s*(?:poem|haiku)\b`,
      'i',
    ),
  ],
  ['story', new RegExp(String.raw`${making}(?:stor(?:y|ies)|tales?|fables?)\b|^\s*story\b`, 'i')],
];

function taskOf({
  text,
  ids,
  material,
  options,
  result,
}: Pick<Prompt, 'text' | 'ids' | 'material' | 'options' | 'result'>): Task {
  if (
    text.length < 60 &&
    /^\s*(?:hi|hello|hey|good (?:morning|evening|day)|greetings)\b/i.test(text)
  )
    return 'greet';
  if (/\byes or no\b|\byes\/no\b/i.test(text)) return 'yesOrNo';
  const isChoice =
    /\b(?:which|pick|choose|select|best|rank|classify|categori[sz]e|route|label)\b/i.test(text);
  if (isChoice && (options.length > 1 || (ids && /\b(?:id|index|number)\b/i.test(text))))
    return 'choose';
  if (material !== '') return 'rework';
  if (isUnanswered(text)) return 'reply';
  if (result !== undefined && text.length < 80) return 'calculate';
  const form = forms.find(([, pattern]) => pattern.test(text))?.[0];
  if (form) return form;
  const isList =
    /\b(?:list|bullet points?|brainstorm)\b|\b(?:give|name|suggest|tell|what are|come up with|share|recommend)\b[^.?!\n]{0,30}\b(?:ideas|tips|things|ways|reasons|items|steps|facts|suggestions|examples|points)\b/i.test(
      text,
    );
  return isList ? 'list' : 'write';
}

function isUnanswered(text: string): boolean {
  return /\b(?:has|have|had|did|does|do|is|are|was)(?:n['’]t| not|) (?:not |never )?(?:yet )?(?:re(?:ply|plied|plying|spond\w*)|answer\w*|writ\w+ back|text\w* back)\b|\b(?:unanswered|left on read|no (?:reply|answer|response)|without (?:an? )?(?:reply|answer|response))\b|\b(?:not|never) (?:replied|wrote back|answered|responded)\b/i.test(
    text,
  );
}

function thingIn(text: string): string | undefined {
  return /\b(?:borrow|lend|return|use of|bring back|give back)\s+(?:me |us )?(?:their|your|the|his|her|my|an?|our)\s+([a-z][a-z-]*(?: [a-z][a-z-]*)?)(?=[,.;:!?\n]|\s+(?:and|for|to|back|again|since|so|but|when|who)\b|$)/i.exec(
    text,
  )?.[1];
}

const reworking =
  /\b(?:improve|polish|rewrite|re-write|revise|edit|refine|proofread|rephrase|paraphrase|summar\w+|shorten|condense|continue|expand|add a (?:surprising )?twist|make (?:this|it|the following)|tl;?dr)\b/i;

/** The text that comes with a request to work on it. */
function materialIn(text: string): string {
  const request = reworking.exec(text);
  if (!request) return '';
  const rest = text.slice(request.index);
  const quoted = /["“`]{1,3}([^"”`]{30,})["”`]{1,3}/.exec(rest)?.[1];
  return (quoted ?? /(?::\s+|\n\s*\n)([^]{30,})$/.exec(rest)?.[1] ?? '').trim();
}

/** "as positive, negative or neutral"; "one of: red, green, blue". */
function optionsIn(text: string): string[] {
  const item = String.raw`["'\x60]?[\w][\w-]*(?: [\w-]+)?["'\x60]?`;
  const list = new RegExp(
    String.raw`\b(?:one of|either|as|into|between|from|categories|options|labels|choices)(?: the following| these)?:?\s+(${item}(?:\s*,\s*${item})*,?\s*(?:,|\bor\b|\band\b|\/)\s*${item})`,
    'i',
  ).exec(text)?.[1];
  const items = (list ?? '').split(/\s*,\s*(?:or |and )?|\s+(?:or|and)\s+|\s*\/\s*/);
  return items.map((one) => one.replace(/["'\x60]/g, '').trim()).filter(Boolean);
}

/** What "12 * 7" in a text comes to. */
function resultIn(text: string): number | undefined {
  const [, a, operator, b] =
    /(-?\d+(?:\.\d+)?)\s*(\+|-|\*|×|x|\/|÷|times|plus|minus|divided by)\s*(-?\d+(?:\.\d+)?)/i.exec(
      text,
    ) ?? [];
  if (operator === undefined) return undefined;
  const [one, two] = [Number(a), Number(b)];
  const result = /\+|plus/i.test(operator)
    ? one + two
    : /-|minus/i.test(operator)
      ? one - two
      : /\*|×|x|times/i.test(operator)
        ? one * two
        : one / two;
  return Number.isFinite(result) ? Number(result.toPrecision(12)) : undefined;
}

/** Requests stand at the beginning or at the end; the rest is material. Patterns see no more. */
function clip(text: string): string {
  const half = 4000;
  return text.length > 2 * half ? `${text.slice(0, half)}\n${text.slice(-half)}` : text;
}

/** A schema in a prompt is no part of what is asked. */
function withoutSchemas(text: string): string {
  return jsonIn(text)
    .filter(({ value }) => isSchema(value))
    .reduce((rest, { source }) => rest.replace(source, ''), text);
}

const rolePatterns = [
  /\bas (?:an? |the )([^,.:;!?\n]{2,60}?)(?=[,.:;!?\n]|\s+(?:and|who|that|would|how|what|reply|answer|write|in)\b|$)/i,
  /\b(?:you are|you're|act as|speak as|play(?:ing)? the (?:role|part) of) (?:an? |the )([^,.:;!?\n]{2,60}?)(?=[,.:;!?\n]|\s+(?:and|who|that|with|in)\b|$)/i,
];

function roleIn(text: string): string | undefined {
  for (const pattern of rolePatterns) {
    const role = pattern.exec(text)?.[1]?.trim();
    if (role && !/^(?:json|list|result|string|number|single|assistant)\b/i.test(role)) return role;
  }
  return undefined;
}

const numberWords: readonly string[] = [
  ...['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'],
  ...['eleven', 'twelve'],
];

/** The number that a word stands for, in digits or letters. */
export function toNumber(word: string): number | undefined {
  if (/^\d+$/.test(word)) return Number(word);
  const index = numberWords.indexOf(word.toLowerCase());
  if (index >= 0) return index;
  return /^(?:an?|single)$/i.test(word) ? 1 : undefined;
}

/** Matches such a word. */
export const numberPattern = String.raw`(?:\d+|${numberWords.join('|')})`;

const lengthPattern = new RegExp(
  String.raw`\b(${numberPattern}|an?|single)[\s-]+(?:[a-z]+\s+){0,2}?(words?|sentences?|paragraphs?|lines?)\b`,
  'gi',
);

function lengthIn(text: string): Prompt['length'] | undefined {
  const found = [...text.matchAll(lengthPattern)].map(([, count, unit]) => ({
    count: toNumber(count!)!,
    unit: unit!.toLowerCase().replace(/s?$/, 's').replace('lines', 'sentences'),
    isAsked: true,
  })) as Prompt['length'][];
  // "One paragraph of 100 words": the finer unit says how much.
  return (
    found.find(({ unit }) => unit === 'words') ??
    found.find(({ unit }) => unit === 'sentences') ??
    found[0]
  );
}

function numbersIn(text: string): number[] {
  return (text.match(/(?<![\w.])-?\d+(?:\.\d+)?(?![\w])/g) ?? []).map(Number);
}

const startsAtZero =
  /\b(?:first|top)\b[^.\n]{0,40}?\b(?:is|has|corresponds to|gets|=)\b[^.\n]{0,20}?\b(?:0|zero)\b|\b(?:from|at|starts? (?:at|with|from)) (?:0|zero)\b|\bzero[- ]based\b|\b0[- ](?:based|indexed)\b/i;

function idsIn(text: string): Range | undefined {
  const numbered = numberedLines(text);
  if (numbered) return numbered;
  const items = listedItems(text);
  if (items < 1) return undefined;
  const startsAtOne = /\b(?:first|from|at|with)\b[^.\n]{0,30}\b(?:1|one)\b/i.test(text);
  const min = startsAtOne && !startsAtZero.test(text) ? 1 : 0;
  return { min, max: min + items - 1 };
}

/** Lines that begin with a number: "0: …", "1. …", "[2] …", "Answer 3: …". */
function numberedLines(text: string): Range | undefined {
  const lines = text.matchAll(
    /^[ \t]*(?:[-*#]+[ \t]*)?(?:[A-Za-z]+[ \t]+)?(?:#(\d{1,4})\b|[[(](\d{1,4})[\])]|(\d{1,4})[.):\]])[ \t]*\S/gm,
  );
  let range: Range | undefined;
  for (const [, ...forms] of lines) {
    const number = Number(forms.find((form) => form !== undefined));
    if (range === undefined) range = { min: number, max: number };
    else if (number === range.max + 1) range = { ...range, max: number };
  }
  return range && range.max > range.min ? range : undefined;
}

/** How many things are listed without numbers: as JSON, as bullets, or as blocks after a colon. */
function listedItems(text: string): number {
  const json = text.slice(text.search(/\[\s?["{]/), text.lastIndexOf(']') + 1);
  const parsed = parseJson(json);
  if (Array.isArray(parsed)) return parsed.length;
  const bullets = text.match(/^[ \t]*[-*•][ \t]+\S/gm)?.length ?? 0;
  if (bullets > 0) return bullets;
  const after = /:[ \t]*\n+([^]+)$/.exec(text)?.[1];
  if (after === undefined) return 0;
  const blocks = after.split(/\n\s*\n/).filter((block) => block.trim() !== '');
  if (blocks.length > 1) return blocks.length;
  return after.split('\n').filter((line) => line.trim() !== '').length;
}

function toolResultsIn(messages: readonly ChatMessage[]): Prompt['toolResults'] {
  const names = new Map(
    messages.flatMap(({ toolCalls }) => toolCalls.map(({ id, name }) => [id, name] as const)),
  );
  return messages
    .filter(({ role }) => role === 'tool')
    .map(({ toolCallId = '', text }) => ({ name: names.get(toolCallId) ?? 'the tool', text }));
}

/**
 * How many items the prompt asks for in a list of this name: "create 5 roles", "exactly 5", "n = 5".
 * A number beside the name counts more than any other.
 */
export function countOf({ text, all, count }: Prompt, name: string): number | undefined {
  const singular = name.replace(/(?:ies|s)$/, '').replace(/[^A-Za-z]+/g, '.?');
  if (singular !== '') {
    const near = new RegExp(
      String.raw`\b(${numberPattern})\s+(?:(?!${numberPattern}\b)[\w-]+\s+){0,3}?${singular}(?:s|ies)?\b`,
      'i',
    );
    const [, found] = near.exec(text) ?? near.exec(clip(withoutSchemas(all))) ?? [];
    if (found !== undefined) return toNumber(found);
  }
  return count ?? countIn(clip(withoutSchemas(all)));
}

const countPattern = new RegExp(
  String.raw`\b(?:exactly|create|list|give|name|invent|write|generate|propose|suggest|n\s*(?:=|is|:)|make|find|top|tell|share|recommend|brainstorm|come up with|plan|with)\s+(?:me\s+|us\s+|up\s+|of\s+|the\s+)?(${numberPattern})\b(?![\s-]*(?:[a-z]+\s+)?(?:words?|sentences?|paragraphs?|lines?|characters?)\b)`,
  'i',
);

function countIn(text: string): number | undefined {
  const [, found] = countPattern.exec(text) ?? [];
  return found === undefined ? undefined : toNumber(found);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import type { ChatMessage } from '../chatServer/chatRequest.ts';

/** What the offline model understands of a conversation. */
export interface Prompt {
  /** What the user said last. */
  readonly text: string;
  /** Everything that was said by system and user. */
  readonly all: string;
  /** Who is to speak: "As a {role}", "You are a {role}". */
  readonly role: string | undefined;
  /** What it is about, as a phrase: "sea urchin tofu". */
  readonly topic: string;
  /** How much to write. */
  readonly length: { readonly unit: 'words' | 'sentences' | 'paragraphs'; readonly count: number };
  /** Ids of the things that the prompt lists, both ends included. */
  readonly ids: { readonly min: number; readonly max: number } | undefined;
  /** Numbers in the text, in order. */
  readonly numbers: readonly number[];
  /** What tools have answered since the user spoke. */
  readonly toolResults: readonly { readonly name: string; readonly text: string }[];
}

/** Reads a conversation; the last message of the user is what counts. */
export function readPrompt(messages: readonly ChatMessage[]): Prompt {
  const last = messages.findLastIndex(({ role }) => role === 'user');
  const text = (messages[last] ?? messages.at(-1))?.text ?? '';
  const all = messages
    .filter(({ role }) => role === 'system' || role === 'user')
    .map((message) => message.text)
    .join('\n\n');
  return {
    text,
    all,
    role: roleIn(text) ?? roleIn(all),
    topic: topicOf(text),
    length: lengthIn(text) ?? lengthIn(all) ?? { unit: 'sentences', count: 3 },
    ids: idsIn(text),
    numbers: numbersIn(text),
    toolResults: toolResultsIn(messages.slice(last + 1)),
  };
}

const rolePatterns = [
  /\bas (?:an? |the )([^,.:;!?\n]{2,60}?)(?=[,.:;!?\n]|\s+(?:and|who|that|would|how|what|reply|answer|write|in)\b|$)/i,
  /\b(?:you are|you're|act as|speak as|play|playing) (?:an? |the )([^,.:;!?\n]{2,60}?)(?=[,.:;!?\n]|\s+(?:and|who|that|with|in)\b|$)/i,
];

function roleIn(text: string): string | undefined {
  for (const pattern of rolePatterns) {
    const role = pattern.exec(text)?.[1]?.trim();
    if (role && !/^(?:json|list|result|string|number|single|assistant)\b/i.test(role)) return role;
  }
  return undefined;
}

const topicPatterns = [
  /\b(?:about|on the (?:topic|subject) of|regarding|concerning)\s+([^,.!?\n]{2,80})/i,
  /\b(?:explain|describe|define|introduce|discuss|compare|summari[sz]e)\s+([^,.!?\n]{2,80})/i,
  /\b(?:what|who) (?:is|are|was|were)\s+([^,.!?\n]{2,80})/i,
  /\b(?:paragraph|poem|essay|story|joke|article|haiku|song|letter|speech|recipe|report) (?:of|for|on)\s+([^,.!?\n]{2,80})/i,
];

function topicOf(text: string): string {
  for (const pattern of topicPatterns) {
    const topic = pattern.exec(text)?.[1];
    if (topic) return clean(topic);
  }
  const [first = ''] = text.split(/[.!?\n]/);
  return clean(first).split(/\s+/).slice(0, 8).join(' ') || 'this';
}

function clean(topic: string): string {
  return topic
    .replace(
      /\s+(?:in|with|using|of) (?:about |at most |exactly |one |a |an |\d+ )*(?:words?|sentences?|paragraphs?|lines?)\b.*$/i,
      '',
    )
    .replace(/^["'“”‘’`\s]+|["'“”‘’`\s]+$/g, '')
    .trim();
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

function idsIn(text: string): Prompt['ids'] {
  const numbered = [
    ...text.matchAll(/^\s*(?:[-*]\s*)?(?:\w+\s+)?[[(#]?(\d{1,4})[\])]?[.):\]-]?\s+\S/gm),
  ].map(([, number]) => Number(number));
  if (numbered.length >= 2) return { min: Math.min(...numbered), max: Math.max(...numbered) };
  const items = listedItems(text);
  if (items < 1) return undefined;
  const min =
    startsAtZero.test(text) || !/\b(?:first|from|at)\b[^.\n]{0,30}\b(?:1|one)\b/i.test(text)
      ? 0
      : 1;
  return { min, max: min + items - 1 };
}

/** How many things follow a line that ends with a colon, as bullets or as blocks of their own. */
function listedItems(text: string): number {
  const bullets = text.match(/^\s*[-*•]\s+\S/gm)?.length ?? 0;
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
export function countOf({ text }: Prompt, name: string): number | undefined {
  const singular = name.replace(/s$/, '').replace(/[^A-Za-z]+/g, '.?');
  const near = new RegExp(
    String.raw`\b(${numberPattern})\s+(?:[\w-]+\s+){0,3}?(?:${singular || '\0'})s?\b`,
    'i',
  );
  const anywhere = new RegExp(
    String.raw`\b(?:exactly|create|list|give|name|invent|write|generate|propose|suggest|n\s*=|make|find|top)\s+(?:me\s+|up\s+|of\s+)?(${numberPattern})\b(?!\s*-?(?:words?|sentences?|paragraphs?|lines?|characters?))`,
    'i',
  );
  const [, found] = near.exec(text) ?? anywhere.exec(text) ?? [];
  return found === undefined ? undefined : toNumber(found);
}

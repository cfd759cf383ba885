import type { ChatMessage } from '../chatServer/chatRequest.ts';
import { listIn, type Range } from './listsInText.ts';
import {
  countIn,
  lengthIn,
  numberPattern,
  numbersIn,
  resultIn,
  toNumber,
} from './numbersInText.ts';
import { taskOf, type Task } from './taskOf.ts';
import { isSchema, jsonIn } from './schemaInText.ts';
import { topicOf } from './topic.ts';

/** What the offline model understands of a conversation. */
export interface Prompt {
  /** What the user said last, without JSON Schemas, and without the middle if it is long. */
  readonly text: string;
  /** Everything that was said by system and user, as it stands. */
  readonly all: string;
  readonly task: Task;
  /** Who is to speak: "As a {role}", "You are a {role}". */
  readonly role: string | undefined;
  /** A phrase for what it is about: "electric cars". */
  readonly topic: string;
  /** How much to write; three sentences if nothing is said about it. */
  readonly length: {
    readonly unit: 'words' | 'sentences' | 'paragraphs';
    readonly count: number;
    readonly isAsked: boolean;
  };
  /** How many things are asked for, where a number is given. */
  readonly count: number | undefined;
  /** Ids of the things that the prompt lists. */
  readonly ids: Range | undefined;
  /** The things to choose from. */
  readonly options: readonly string[];
  /** Numbers in the text, in order. */
  readonly numbers: readonly number[];
  /** What a sum in the text comes to. */
  readonly result: number | undefined;
  /** The text that is to be worked on; '' if there is none. */
  readonly material: string;
  /** What tools have answered since the user spoke. */
  readonly toolResults: readonly { readonly name: string; readonly text: string }[];
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
    ...listIn(whole),
    material: materialIn(whole),
    result: resultIn(text),
  };
  return {
    ...found,
    all,
    task: taskOf(found),
    role: roleIn(text) ?? roleIn(rules),
    topic: topicOf(text),
    length: lengthIn(text) ?? lengthIn(rules) ?? { unit: 'sentences', count: 3, isAsked: false },
    count: countIn(text),
    numbers: numbersIn(text),
    toolResults: toolResultsIn(messages.slice(last + 1)),
  };
}

const reworking =
  /\b(?:improve|polish|rewrite|re-write|revise|edit|refine|proofread|rephrase|paraphrase|summar\w+|shorten|condense|continue|expand|make (?:this|it|the following)|tl;?dr)\b/i;

/** The text that comes with a request to work on it: in quotes, or behind a colon or an empty line. */
function materialIn(text: string): string {
  const request = reworking.exec(text);
  if (!request) return '';
  const rest = text.slice(request.index);
  const quoted = /["“`]{1,3}([^"”`]{30,})["”`]{1,3}/.exec(rest)?.[1];
  return (quoted ?? /(?::\s+|\n\s*\n)([^]{30,})$/.exec(rest)?.[1] ?? '').trim();
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
  return rolePatterns
    .map((pattern) => pattern.exec(text)?.[1]?.trim())
    .find(
      (role) => role && !/^(?:json|list|result|string|number|single|.*assistant)\b/i.test(role),
    );
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
  const rules = clip(withoutSchemas(all));
  const singular = name.replace(/(?:ies|s)$/, '').replace(/[^A-Za-z]+/g, '.?');
  if (singular !== '') {
    const near = new RegExp(
      String.raw`\b(${numberPattern})\s+(?:(?!${numberPattern}\b)[\w-]+\s+){0,3}?${singular}(?:s|ies)?\b`,
      'i',
    );
    const [, found] = near.exec(text) ?? near.exec(rules) ?? [];
    if (found !== undefined) return toNumber(found);
  }
  return count ?? countIn(rules);
}

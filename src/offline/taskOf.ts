import type { Prompt } from './readPrompt.ts';

/** What kind of answer is wanted. */
export type Task =
  | 'write'
  | 'message'
  | 'greet'
  | 'yesOrNo'
  | 'choose'
  | 'joke'
  | 'poem'
  | 'story'
  | 'list'
  | 'rework'
  | 'calculate';

/** Not every "3-5" is a sum. */
const isSum =
  /\b(?:what(?:['’]s| is)|calculate|compute|how much|solve|evaluate|result of)\b[^a-z]*\d|^[\s\d.+*\/×÷=?-]+$/i;

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

/** What kind of answer a prompt wants, as far as its words tell. */
export function taskOf({
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
  if (isMessage(text)) return 'message';
  if (result !== undefined && text.length < 80 && isSum.test(text)) return 'calculate';
  const form = forms.find(([, pattern]) => pattern.test(text))?.[0];
  if (form) return form;
  const isList =
    /\b(?:list|bullet points?|brainstorm)\b|\b(?:give|name|suggest|tell|what are|come up with|share|recommend)\b[^.?!\n]{0,30}\b(?:ideas|tips|things|ways|reasons|items|steps|facts|suggestions|examples|points)\b/i.test(
      text,
    );
  return isList ? 'list' : 'write';
}

function isMessage(text: string): boolean {
  return /\bwhat (?:do|should|would|can|could) (?:i|you|we) (?:write|say|reply|answer|send)\b(?! (?:about|you think)\b)|\b(?:write|draft|send|compose)\b[^.?!\n]{0,30}\b(?:messages?|e-?mails?|letters?|notes?|repl(?:y|ies))\b/i.test(
    text,
  );
}

import type { Prompt } from './readPrompt.ts';

const making = String.raw`\b(?:write|tell|compose|create|make|give|generate|invent|draft|produce|want|need|another|short|funny)\b[^.?!\n]{0,40}\b`;
const made = (things: string) => new RegExp(`${making}(?:${things})\\b|^\\s*(?:${things})\\b`, 'i');

/** What kind of answer is wanted, and the words that say so; the first that fits is taken. */
const tasks = {
  greet: /^\s*(?:hi|hello|hey|good (?:morning|evening|day)|greetings)\b[^]{0,30}$/i,
  yesOrNo: /\byes(?: or |\/)no\b/i,
  choose: /\b(?:which|who|pick|choose|select|best|rank|classify|categori[sz]e|route|label)\b/i,
  rework: /(?:)/,
  message:
    /\bwhat (?:do|should|would|can|could) (?:i|you|we) (?:write|say|reply|answer|send)\b(?! (?:about|you think)\b)|\b(?:write|draft|send|compose)\b[^.?!\n]{0,30}\b(?:messages?|e-?mails?|letters?|notes?|repl(?:y|ies))\b/i,
  // Not every "3-5" is a sum.
  calculate:
    /\b(?:what(?:['’]s| is)|calculate|compute|how much|solve|evaluate|result of)\b[^a-z]*\d|^[\s\d.+*/×÷=?-]+$/i,
  joke: made('jokes?|puns?'),
  poem: made('poems?|haikus?|verses?|limericks?|rhymes?|sonnets?|songs?|lyrics'),
  story: made('stor(?:y|ies)|tales?|fables?'),
  list: /\b(?:list|bullet points?|brainstorm)\b|\b(?:give|name|suggest|tell|what are|come up with|share|recommend)\b[^.?!\n]{0,30}\b(?:ideas|tips|things|ways|reasons|items|steps|facts|suggestions|examples|points)\b/i,
  write: /(?:)/,
};

export type Task = keyof typeof tasks;

/** What kind of answer a prompt wants, as far as its words tell. */
export function taskOf(
  prompt: Pick<Prompt, 'text' | 'ids' | 'material' | 'options' | 'result'>,
): Task {
  const { text, ids, material, options, result } = prompt;
  /** What a task needs besides its words. */
  const isPossible: Partial<Record<Task, boolean>> = {
    choose: options.length > 1 || (ids !== undefined && /\b(?:id|index|number)\b/i.test(text)),
    rework: material !== '',
    calculate: result !== undefined && text.length < 80,
  };
  const names = Object.keys(tasks) as Task[];
  return names.find((task) => tasks[task].test(text) && isPossible[task] !== false)!;
}

const subject =
  /\b(?:about|regarding|concerning|on the (?:topic|subject|theme) of|(?:topic|theme|subject)(?: is)?:)\s+([^.!?\n]{2,100})/i;

const verbs = String.raw`(?:write|tell|give|make|create|draft|compose|plan|suggest|invent|design|find|show|generate|list|name|recommend|teach|propose|prepare|answer|think of|come up with|explain|describe|define|introduce|discuss|compare|summari[sz]e|review|grade|rate|analy[sz]e|evaluate|translate|extract|check|search|research|pick|choose)\b(?: to)?(?: me| us)?(?: up)?(?: some| \d+)?\s+`;
const request = new RegExp(`^${verbs}`, 'i');
/** "Write a recipe for soup": soup. */
const made = /^[^.!?]{0,60}?\b(?:for|on|of)\s+(?!me\b|us\b|you\b)([^.!?]{2,100})/i;
const politeness =
  /^(?:please|so|well|ok(?:ay)?|and|now|then|as an? [^,]{2,60},|(?:can|could|would|will) you|(?:i|we) (?:want|would like|need|have)(?: to)?)[,\s]+/i;

/** A phrase for what a text asks about, even if it is no more than a guess: "electric cars". */
export function topicOf(text: string): string {
  const named = subject.exec(text)?.[1];
  return tidy(fromQuestion(cut(named ?? askedIn(text)))) || 'this';
}

/** The sentence that asks, without what is polite: one with a verb that we know, else the first. */
function askedIn(text: string): string {
  const sentences = (text.match(/[^.!?\n]+[.!?]*/g) ?? []).map(plain);
  return sentences.find((one) => request.test(one) || one.endsWith('?')) ?? sentences[0] ?? '';
}

function plain(sentence: string): string {
  let text = sentence.trim();
  for (let i = 0; i < 3 && politeness.test(text); i++) text = text.replace(politeness, '');
  return text;
}

/** Without what is said about the form of the answer. */
function cut(topic: string): string {
  return topic
    .split(/,\s+|;|\s+[-–—]\s+|:\s|:$|\?/)[0]!
    .replace(
      /\s+(?:in|with|using|of|as|within|to)\s+(?:about |around |at most |exactly |up to |no more than |an? |one |the |simple |json|markdown|form|format|language|\d+|two |three |four |five )+.*$/i,
      '',
    )
    .replace(/\s+(?:please|for me|and return.*|then .*)$/i, '')
    .replace(/["'“”‘’`*.!]+/g, '')
    .trim();
}

/** The thing that a question or a request is about. */
function fromQuestion(asked: string): string {
  const howTo = /^how (?:(?:do|can|should|would|could) (?:i|you|we|people|one)|to) (.+)/i;
  const [, act] = howTo.exec(asked) ?? [];
  if (act !== undefined) return gerund(act);
  const [, thing] = /^(?:what|who|how \w+)(?: is| are| was| were|s)\s+(.+)/i.exec(asked) ?? [];
  if (thing !== undefined) return thing;
  // "Why is the sky blue", "do cats dream": the last word is what is said of the thing.
  const [, of] =
    /^(?:why )?(?:is|are|was|were|do|does|did) (.+?)(?: so)? [\w-]+$/i.exec(asked) ?? [];
  if (of !== undefined) return of;
  return request.test(asked) ? (made.exec(asked)?.[1] ?? asked.replace(request, '')) : asked;
}

/** Phrases that are longer than this make sentences that nobody can read. */
const longestPhrase = 9;

function tidy(phrase: string): string {
  const words = phrase.trim().split(/\s+/).slice(0, longestPhrase);
  const last = /^(?:an?|the|of|for|to|and|or|with|in|on|by|my|your|that|which|is|are)$/i;
  while (words.length > 1 && last.test(words.at(-1)!)) words.pop();
  return words
    .join(' ')
    .replace(/\bmy\b/gi, 'your')
    .replace(
      /^(?:The|An?|Your|Our|Their|Th[eio]se?|This|That|Some|Every|How|What|Why|When|Where|Which)\b/,
      (word) => word.toLowerCase(),
    );
}

function gerund(act: string): string {
  const [verb = '', ...others] = act.replace(/^best /, '').split(' ');
  const stem = /[^aeiou]e$|ue$/.test(verb) && verb.length > 2 ? verb.slice(0, -1) : verb;
  // "run": running, but not "help".
  const doubled = /^[^aeiou]*[aeiou][^aeiouwxy]$/.test(verb) ? verb.at(-1)! : '';
  return [verb.endsWith('ing') ? verb : `${stem}${doubled}ing`, ...others].join(' ');
}

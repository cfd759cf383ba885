/** What a prompt is about. */
export interface Topic {
  /** A phrase that can stand in a sentence: "electric cars". */
  readonly phrase: string;
  readonly isPlural: boolean;
  /** Half a sentence, "how a lens gathers light", rather than a thing. */
  readonly isClause: boolean;
}

const named = [
  /\b(?:about|on the (?:topic|subject|theme) of|regarding|concerning|topic(?: is)?:|theme:|subject:)\s+["'“‘]?([^.!?\n]{2,100})/i,
  /\b(?:paragraphs?|poems?|essays?|stor(?:y|ies)|jokes?|articles?|haikus?|songs?|letters?|speech(?:es)?|recipes?|reports?|lists?|tips|facts|ideas|names|headlines?|slogans?|introduction|overview|summary|advice)\s+(?:of|for|on)\s+([^.!?\n]{2,100})/i,
  /\b(?:explain|describe|define|introduce|discuss|compare|summari[sz]e|recommend)\s+(?:to me\s+|me\s+)?([^.!?\n]{2,100})/i,
];

/** Finds what a text asks about, even if that is no more than a guess. */
export function topicOf(text: string): Topic {
  const line = text.split('\n').find((each) => each.trim() !== '') ?? '';
  const found = named
    .map((pattern) => pattern.exec(text)?.[1])
    .find((topic) => topic !== undefined);
  const asked = cut(found ?? firstSentence(line));
  const phrase = fromQuestion(asked) || 'this';
  const isClause = /^(?:how|what|why|when|where|whether|which|who) \w+ \w+/i.test(phrase);
  return {
    phrase: isClause ? phrase.charAt(0).toLowerCase() + phrase.slice(1) : phrase,
    isPlural: !isClause && isPlural(phrase),
    isClause,
  };
}

function firstSentence(line: string): string {
  return /^[^.!?]*/.exec(line.trim())?.[0] ?? '';
}

/** Without what is said about the form of the answer. */
function cut(topic: string): string {
  return topic
    .split(/,\s+|;|\s+[-–—]\s+|:\s/)[0]!
    .replace(
      /\s+(?:in|with|using|of|as|within|to)\s+(?:about |around |at most |exactly |up to |no more than |a |an |one |the |simple |json|markdown|form|format|language|\d+|two |three |four |five )+.*$/i,
      '',
    )
    .replace(/\s+(?:please|for me|and return.*|then .*)$/i, '')
    .replace(/["'“”‘’`*]+/g, '')
    .trim();
}

const leads: readonly (readonly [RegExp, (rest: string, ...groups: string[]) => string])[] = [
  [/^(?:please\s+)?(?:can|could|would|will) you (?:please )?(?:tell me |help me )?/i, fromQuestion],
  [/^(?:please|so|well|ok(?:ay)?|and|now|then)[,\s]+/i, fromQuestion],
  [
    /^(?:what|who)(?:'s| is| are| was| were| does| do)\s+(?:the meaning of |meant by )?/i,
    (rest) => rest.replace(/\s+mean$/i, ''),
  ],
  [/^how [a-z]+ (?:is|are|was|were)\s+/i, (rest) => rest],
  [
    /^how (?:do|does|can|should|would|could|might) (?:i|you|we|one|people|someone) (?:best )?/i,
    (rest) => gerund(rest),
  ],
  [
    /^how (?:do|does|did) /i,
    (rest) => rest.replace(/\s+\w+$/, (verb) => (rest.split(' ').length > 1 ? '' : verb)),
  ],
  [/^how to /i, (rest) => gerund(rest)],
  [/^why (?:is|are|was|were|do|does|did)\s+/i, (rest) => rest.replace(/\s+(?:so\s+)?[\w-]+$/, '')],
  [/^(?:what|which|where|when) (?:should|can|could|would) (?:i|you|we) /i, (rest) => gerund(rest)],
  [
    /^(?:is|are|was|were|does|do|did) /i,
    (rest) =>
      rest.split(
        /\s+(?:a|an|the|so|really|good|bad|better|worth|too|ever|always|safe|possible|healthy)\b/i,
      )[0]!,
  ],
  [/^(?:i|we) (?:want|would like|need|am trying|have) (?:to )?/i, fromQuestion],
  [
    /^(?:write|tell|give|make|create|draft|compose|plan|suggest|invent|design|find|show|generate|list|name|recommend|teach|propose|prepare|answer|think of|come up with|talk)\b(?: me| us)?(?: up)?(?: about| some| \d+)?\s+/i,
    (rest) => rest,
  ],
];

/** The phrase that a question or a request is about. */
function fromQuestion(asked: string): string {
  const text = asked.trim();
  for (const [lead, rest] of leads) {
    const match = lead.exec(text);
    if (match) return shorten(rest(text.slice(match[0].length)));
  }
  return shorten(text);
}

/** Phrases that are longer than this make sentences that nobody can read. */
const longestPhrase = 9;

function shorten(phrase: string): string {
  const words = phrase.trim().split(/\s+/).slice(0, longestPhrase);
  const last = /^(?:a|an|the|of|for|to|and|or|with|in|on|by|my|your|that|which|is|are)$/i;
  while (words.length > 1 && last.test(words.at(-1)!)) words.pop();
  const [first = '', ...rest] = words;
  // "Tea" at the beginning of a question, but not "Paris" or "AI".
  const isSentenceCase = /^(?:The|A|An|Your|My|Our|Their|This|That|These|Those|Some|Every)$/.test(
    first,
  );
  return [isSentenceCase ? first.toLowerCase() : first, ...rest]
    .join(' ')
    .replace(/\bmy\b/gi, 'your')
    .replace(/^[A-Z][a-z]+(?= (?:and [a-z]+ )?of [a-z])/, (noun) => `the ${noun.toLowerCase()}`);
}

function gerund(rest: string): string {
  const [verb = '', ...others] = rest.split(' ');
  if (verb.endsWith('ing')) return rest;
  const stem = /[^aeiou]e$/.test(verb) || /ue$/.test(verb) ? verb.slice(0, -1) : verb;
  const isDoubled =
    /^(?:run|swim|get|set|put|sit|plan|cut|win|begin|stop|dig|jog|chop|chat)$/i.test(verb);
  return [`${stem}${isDoubled ? verb.at(-1)! : ''}ing`, ...others].join(' ');
}

function isPlural(phrase: string): boolean {
  const head = phrase.split(/\s+(?:of|for|in|on|with|at|from|to|that|who)\s+/i)[0]!;
  if (/^\w+ing\b/.test(head)) return false;
  if (/\s(?:and|&)\s/.test(head)) return true;
  const word = head.split(/\s+/).at(-1)!.toLowerCase();
  if (/^(?:people|children|men|women|mice|geese|feet|teeth|they|these|those)$/.test(word))
    return true;
  return /[^siu']s$/.test(word) && !/^(?:news|series|lens|gas|bus|paris|always|\w+ics)$/.test(word);
}

import type { FillContext, Place } from './fillContext.ts';
import { capital, titleCase } from './phrase.ts';
import * as words from './texts.ts';
import { wordsOf } from './wordsOf.ts';

type Context = FillContext & { readonly place: Place };

/** The kinds of text that names of fields ask for; the first that fits is taken. */
const kinds: readonly (readonly [RegExp, (context: Context) => string])[] = [
  [
    named('e_?mail'),
    ({ random }) =>
      `${personOf(random)
        .toLowerCase()
        .replace(/[^a-z]+/g, '.')}@example.com`,
  ],
  [
    named('url|uri|link|website|homepage'),
    ({ random }) => `https://example.com/${random.pick(words.labels)}`,
  ],
  [named('phone|mobile'), ({ random }) => `+1 555 01${random.int(10, 99)}`],
  [named('uuid|guid'), ({ random }) => uuid(random)],
  [
    named('timestamp|datetime|created|updated|.*_at'),
    ({ random }) => `${dateOf(random)}T${timeOf(random)}:00Z`,
  ],
  [named('date|day|birthday|deadline'), ({ random }) => dateOf(random)],
  [named('time|start|end'), ({ random }) => timeOf(random)],
  [named('colou?r'), ({ random }) => random.pick(words.colors)],
  [named('country|nation'), (context) => context.random.pick(mentioned(words.countries, context))],
  [named('city|town|place|location|destination'), (context) => placeNamed(context)],
  [
    named('address|street'),
    ({ random }) =>
      `${random.int(1, 99)} ${random.pick(words.lastNames)} Street, ${random.pick(words.cities)}`,
  ],
  [named('currency'), ({ random }) => random.pick(['EUR', 'USD', 'JPY', 'GBP'])],
  [
    named('language|locale'),
    ({ random }) => random.pick(['English', 'Spanish', 'Japanese', 'Portuguese']),
  ],
  [
    named('sentiment|mood|tone'),
    ({ random, writer }) =>
      writer.choice(['positive', 'negative']) ?? random.pick(['positive', 'neutral', 'warm']),
  ],
  [named('set_?up'), ({ writer }) => writer.setup()],
  [named('punch_?line'), ({ writer }) => writer.punchline()],
  [named('query|querie|search|expression|q'), (context) => queryOf(context)],
  [named('role|persona|character|archetype|hero'), (context) => roleOf(context)],
  [named('(?:first|given)_?name'), ({ random }) => random.pick(words.firstNames)],
  [named('(?:last|sur|family)_?name'), ({ random }) => random.pick(words.lastNames)],
  [named('name|author|person|user|owner|assignee|speaker'), (context) => nameOf(context)],
  [named('title|heading|headline|subject|topic|theme|section'), (context) => titleOf(context)],
  [
    named('category|categorie|genre|type|kind|group'),
    ({ random }) => random.pick(words.categories),
  ],
  [
    named('tag|keyword|label|word|adjective|quality|qualitie'),
    ({ random }) => random.pick([...words.labels, ...words.adjectives]),
  ],
  [
    named('key|slug|code|identifier|id'),
    ({ random }) => `${random.pick(words.adjectives)}-${random.pick(words.labels)}`,
  ],
  [
    named(
      'step|task|action|idea|suggestion|point|tip|advice|todo|item|goal|instruction|recommendation',
    ),
    ({ writer }) => writer.ideas(1)[0]!,
  ],
  [
    named('question'),
    ({ prompt }) => `What is it about ${prompt.topic.phrase} that people remember?`,
  ],
];

/** Matches names in which one of these stands as a word, or as several. */
function named(alternatives: string): RegExp {
  return new RegExp(`_(?:${alternatives})s?_`);
}

/** A text for a field of this name and description. */
export function fieldText(context: Context): string {
  const { place, writer, prompt } = context;
  const parts = place.name.replace(/([a-z\d])([A-Z])/g, '$1_$2').split(/[^\p{L}\d]+/u);
  const name = `_${parts.join('_').toLowerCase()}_`;
  // The only text of an answer is the answer.
  if (place.isWhole && !/^_(?:setup|punchline|query|search_query|title|name|role)_$/.test(name)) {
    return writer.answer();
  }
  const kind = kinds.find(([pattern]) => pattern.test(name));
  if (kind) return kind[1](context);
  if (/repl|respon|answer|messages?$|joke|poem|story|essay|article|paragraph/.test(name)) {
    return place.item === undefined || place.item === 0 || prompt.task === 'message'
      ? writer.answer()
      : writer.sentence();
  }
  if (/content|body|draft|text_$/.test(name)) return `${writer.opener()} ${writer.sentence()}`;
  return place.item === 0 || place.item === undefined ? writer.opener() : writer.sentence();
}

type Random = FillContext['random'];

function personOf(random: Random): string {
  return `${random.pick(words.firstNames)} ${random.pick(words.lastNames)}`;
}

/** One that neither the prompt nor the rest of the list has, not even in part where that can be. */
function roleOf({ random, prompt, place }: Context): string {
  const longest = Math.max(words.temperaments.length, words.occupations.length);
  // In a list that is longer than ours every word has had its turn.
  const taken = place.taken.size > longest ? [] : [...place.taken];
  const known = `${prompt.text} ${taken.join(' ')}`;
  const fresh = (list: readonly string[]) => {
    if (place.taken.size > longest) return random.pick(list);
    const free = list.filter((word) => !known.includes(word));
    return random.pick(free.length > 0 ? free : list);
  };
  return `${fresh(words.temperaments)} ${fresh(words.occupations)}`;
}

/** People have two names, things a title, and characters are called after what they do. */
function nameOf(context: Context): string {
  const { prompt, random, place } = context;
  const { parent, description } = place;
  const roles = /\b(?:roles?|personas?|characters?|archetypes?)\b/i;
  if (roles.test(parent || prompt.text)) return roleOf(context);
  const people = /pe(?:ople|rson)|user|author|employee|student|friend|member|customer|attendee/i;
  if (people.test(`${parent} ${description}`)) return personOf(random);
  if (parent !== '') return titleOf(context);
  const things = /\b(?:product|company|brand|app|project|dish|recipe|tool|startup|shop|team)\b/i;
  return things.test(prompt.text) ? titleOf(context) : personOf(random);
}

function titleOf({ prompt, random, place }: Context): string {
  const topic = titleCase(prompt.topic.phrase);
  const label = random.pick(words.labels);
  const [adjective, other] = [random.pick(words.adjectives), random.pick(words.labels)].map(
    capital,
  );
  if (place.item !== undefined) return `${capital(label)} and ${other!}`;
  return random.pick([
    `${topic}, Step by Step`,
    `The ${adjective!} Side of ${topic}`,
    `${topic}: A Closer Look`,
    `Notes on ${topic}`,
  ]);
}

/** A place that the prompt names, else any. */
function placeNamed(context: Context): string {
  const { prompt, random } = context;
  const name = /\b(?:in|to|for|at|of|from|near) ((?:\p{Lu}[\p{L}'-]+)(?: \p{Lu}[\p{L}'-]+)*)/u.exec(
    prompt.text,
  )?.[1];
  return name ?? random.pick(mentioned(words.cities, context));
}

function mentioned(list: readonly string[], { prompt }: Context): readonly string[] {
  const found = list.filter((word) => prompt.text.includes(word));
  return found.length > 0 ? found : list;
}

function queryOf({ prompt, place, random }: Context): string {
  const expression = /\d[\d\s.()]*(?:[-+*/^×÷][\d\s.()]+)+/.exec(prompt.text)?.[0].trim();
  if (expression) return expression;
  if (place.item === undefined) return prompt.topic.phrase;
  const extra = random.pick(wordsOf(prompt.text).length > 3 ? [...words.labels] : words.adjectives);
  return `${prompt.topic.phrase} ${extra}`;
}

function dateOf(random: Random): string {
  return `202${random.int(4, 6)}-${two(random.int(1, 12))}-${two(random.int(1, 28))}`;
}

function timeOf(random: Random): string {
  return `${two(random.int(8, 19))}:${two(random.int(0, 11) * 5)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function uuid(random: Random): string {
  const hex = (length: number) =>
    Array.from({ length }, () => random.int(0, 15).toString(16)).join('');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${random.pick(['8', '9', 'a', 'b'])}${hex(3)}-${hex(12)}`;
}

/** Texts for the formats of JSON Schema; others are texts like any other. */
export const formats: Readonly<Record<string, (random: Random) => string>> = {
  email: (random) => `${random.pick(words.firstNames).toLowerCase()}@example.com`,
  'idn-email': (random) => `${random.pick(words.firstNames).toLowerCase()}@example.com`,
  uri: (random) => `https://example.com/${random.pick(words.labels)}`,
  url: (random) => `https://example.com/${random.pick(words.labels)}`,
  'uri-reference': (random) => `/${random.pick(words.labels)}`,
  iri: (random) => `https://example.com/${random.pick(words.labels)}`,
  hostname: (random) => `${random.pick(words.labels)}.example.com`,
  date: dateOf,
  time: (random) => `${timeOf(random)}:00Z`,
  'date-time': (random) => `${dateOf(random)}T${timeOf(random)}:00Z`,
  duration: (random) => `PT${random.int(1, 12)}H`,
  uuid,
  guid: uuid,
  ipv4: (random) => `192.0.2.${random.int(1, 254)}`,
  ipv6: (random) => `2001:db8::${random.int(1, 9999)}`,
};

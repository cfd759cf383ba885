import type { FillContext, FieldPlace } from './fillContext.ts';
import { patternText } from './patternText.ts';
import { fit } from './phrase.ts';
import { fields, formats } from './texts.ts';
import { wordsOf } from './wordsOf.ts';

type Context = FillContext & { readonly place: FieldPlace };

/** A text that fits its schema and its name. */
export function fillString(
  schema: { readonly [keyword: string]: unknown },
  options: Context,
): string {
  const { place, writer, random } = options;
  const { format, minLength: min = 0, maxLength: max = Infinity } = schema;
  const bounds = { min: Number(min), max: Number(max) };
  const byFormat = typeof format === 'string' ? formats[format] : undefined;
  if (byFormat !== undefined) return patternText(byFormat, { random });
  const { pattern } = schema;
  if (typeof pattern === 'string') return patternText(pattern, { random, ...bounds });
  const text = fieldText({ ...options, place: forRoom(place, bounds.max) });
  return fit(text, { ...bounds, more: () => writer.pick('sentence') });
}

/** Where there is no room for a sentence, a label must do. */
function forRoom(place: FieldPlace, max: number): FieldPlace {
  return max < 40 && place.name === '' ? { ...place, name: 'label', isWhole: false } : place;
}

const kinds = fields.map(([names, text]) => [new RegExp(`_(?:${names})s?_`), text] as const);

/** A text for a field of this name and description. */
function fieldText(context: Context): string {
  const { place, writer, prompt, random } = context;
  const parts = place.name.replace(/([a-z\d])([A-Z])/g, '$1_$2').split(/[^\p{L}\d]+/u);
  const name = `_${parts.join('_').toLowerCase()}_`;
  // The only text of an answer is the answer.
  if (place.isWhole && !/^_(?:setup|punchline|query|search_query|title|name|role)_$/.test(name)) {
    return writer.answer();
  }
  const isChosen = /_(?:best|choice|chosen|winner|selected|selection|decision|option)_/.test(name);
  if (isChosen && prompt.task === 'choose') return writer.answer();
  const text = kinds.find(([pattern]) => pattern.test(name))?.[1];
  if (text instanceof RegExp) return patternText(text.source, { random });
  if (text === '{query}') return queryOf(context);
  if (text === '{name}') return writer.fill(nameOf(context));
  if (text === '{title}' && place.item !== undefined) return writer.fill('{Label} and {Label}');
  if (text !== undefined) return writer.fill(text);
  const isFirst = place.item === undefined || place.item === 0;
  if (/repl|respon|answer|messages?_$|joke|poem|story|essay|article|paragraph/.test(name)) {
    return isFirst || prompt.task === 'message' ? writer.answer() : writer.pick('sentence');
  }
  if (!isFirst) return writer.pick('sentence');
  const isLong = /content|body|draft|text_$/.test(name);
  return isLong ? `${writer.opener()} ${writer.pick('sentence')}` : writer.opener();
}

/** People have two names, things a title, and characters are called after what they do. */
function nameOf({ prompt, place }: Context): string {
  const { parent, description } = place;
  if (/\b(?:roles?|personas?|characters?|archetypes?)\b/i.test(parent || prompt.text)) {
    return '{temperament} {occupation}';
  }
  const people = /pe(?:ople|rson)|user|author|employee|student|friend|member|customer|attendee/i;
  const person = '{firstName} {lastName}';
  if (people.test(`${parent} ${description}`)) return person;
  if (parent !== '') return '{Label} and {Label}';
  const things = /\b(?:product|company|brand|app|project|dish|recipe|tool|startup|shop|team)\b/i;
  return things.test(prompt.text) ? '{Adjective} {Label}' : person;
}

function queryOf({ prompt, place, writer }: Context): string {
  const expression = /\d[\d\s.()]*(?:[-+*/^×÷][\d\s.()]+)+/.exec(prompt.text)?.[0].trim();
  if (expression) return expression;
  if (place.item === undefined) return prompt.topic;
  return `${prompt.topic} ${writer.pick(wordsOf(prompt.text).length > 3 ? 'label' : 'adjective')}`;
}

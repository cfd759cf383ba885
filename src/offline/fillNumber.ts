import type { FillContext, FieldPlace } from './fillContext.ts';

/** Beyond this a bound says nothing but "a number": zod writes those of whole numbers so. */
const unbounded = 1e9;

interface Range {
  readonly min: number;
  readonly max: number;
}

/** A number within the bounds of its schema, and of what the prompt or the name say. */
export function fillNumber(
  schema: { readonly [keyword: string]: unknown },
  options: FillContext & { readonly place: FieldPlace; readonly isWhole: boolean },
): number {
  const { random, isWhole } = options;
  const step = numberOr(schema['multipleOf'], isWhole ? 1 : 0);
  const bounds = boundsOf(schema, step);
  const usual = usualRange(options);
  const min = clamp(usual.min, bounds);
  const range = { min, max: Math.max(min, clamp(usual.max, bounds)) };
  if (step > 0) return wholeSteps(range, { ...options, step, bounds });
  const value = range.min + random.next() * (range.max - range.min);
  const rounded = Math.round(value * 100) / 100;
  return rounded >= range.min && rounded <= range.max ? rounded : value;
}

function wholeSteps(
  { min, max }: Range,
  options: FillContext & {
    readonly place: FieldPlace;
    readonly step: number;
    readonly bounds: Range;
  },
): number {
  const { place, random, step, bounds } = options;
  const lowest = Math.ceil(bounds.min / step - 1e-9);
  const highest = Math.max(lowest, Math.floor(bounds.max / step + 1e-9));
  const first = clamp(Math.ceil(min / step - 1e-9), { min: lowest, max: highest });
  const last = clamp(Math.floor(max / step + 1e-9), { min: first, max: highest });
  const isNumbered =
    place.item !== undefined && /^(?:id|index|number|no|step|order|rank)$/i.test(place.name);
  if (isNumbered && first + place.item <= last) return tidy((first + place.item) * step);
  const isTaken = (steps: number) => place.taken.has(String(tidy(steps * step)));
  let steps = random.int(first, last);
  for (let i = Math.min(last - first, 1000); i >= 0 && isTaken(steps); i--) {
    steps = steps === last ? first : steps + 1;
  }
  return tidy(steps * step);
}

/** Without what binary fractions add: 0.30000000000000004. */
function tidy(value: number): number {
  const rounded = Number(value.toPrecision(12));
  // Never -0, which JSON does not have.
  return rounded === 0 ? 0 : rounded;
}

function boundsOf(schema: { readonly [keyword: string]: unknown }, step: number): Range {
  const gap = step > 0 ? step : 1e-6;
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below } = schema;
  // OpenAPI 3.0 has a flag where JSON Schema has a number.
  const min = Math.max(
    numberOr(minimum, -Infinity) + (above === true ? gap : 0),
    numberOr(above, -Infinity) + gap,
  );
  const max = Math.min(
    numberOr(maximum, Infinity) - (below === true ? gap : 0),
    numberOr(below, Infinity) - gap,
  );
  return {
    min: Math.abs(min) > unbounded ? -Infinity : min,
    max: Math.abs(max) > unbounded ? Infinity : max,
  };
}

const rangeInText =
  /\b(?:between|from)?\s*(-?\d+(?:\.\d+)?)\s*(?:to|and|-|–|—|\.\.)\s*(-?\d+(?:\.\d+)?)\b/;

const namedRanges: readonly (readonly [RegExp, Range])[] = [
  [/confidence|probability|likelihood|ratio|fraction|weight/i, { min: 0.5, max: 1 }],
  [/percent/i, { min: 5, max: 95 }],
  [/score|grade/i, { min: 6, max: 10 }],
  [/rating|stars|priority|severity|level/i, { min: 1, max: 5 }],
  [/age$/i, { min: 19, max: 74 }],
  [/year|founded/i, { min: 1960, max: 2024 }],
  [/month/i, { min: 1, max: 12 }],
  [/day|days/i, { min: 1, max: 28 }],
  [/hour/i, { min: 1, max: 12 }],
  [/minute|duration|time/i, { min: 5, max: 60 }],
  [/price|cost|amount|total|budget/i, { min: 4, max: 120 }],
  [/temperature|celsius/i, { min: 12, max: 28 }],
  [/lat(?:itude)?$/i, { min: -60, max: 60 }],
  [/(?:lon|lng|longitude)$/i, { min: -170, max: 170 }],
  [/count|quantity|servings|people|guests/i, { min: 1, max: 8 }],
];

/** What such a number mostly is. */
function usualRange({
  place,
  prompt,
  isWhole,
}: FillContext & { place: FieldPlace; isWhole: boolean }): Range {
  const { name, description, item } = place;
  const isId =
    /(?:^|_)(?:ids?|index|indices|indexes|ranking|order|choice|best|winner|option)$|Ids?$|Index$/i.test(
      name,
    );
  if (isId && prompt.ids) return prompt.ids;
  if (isId) return item === undefined ? { min: 0, max: 0 } : { min: 1, max: 1000 };
  const about = new RegExp(`\\b${name.replace(/\W/g, '.')}\\b[^.\\n]{0,60}`, 'i').exec(
    prompt.text,
  )?.[0];
  const [, min, max] = rangeInText.exec(description) ?? rangeInText.exec(about ?? '') ?? [];
  if (Number(min) < Number(max)) return { min: Number(min), max: Number(max) };
  const named = namedRanges.find(([pattern]) => pattern.test(name))?.[1];
  if (named) return isWhole ? { min: Math.ceil(named.min), max: named.max } : named;
  // "Add 2 and 3": the arguments a and b, or x and y.
  const letter = Math.max(...['abcd', 'xyz'].map((letters) => letters.indexOf(name.toLowerCase())));
  const value = name.length === 1 ? (prompt.numbers[letter] ?? prompt.numbers[0]) : undefined;
  if (letter >= 0 && value !== undefined) return { min: value, max: value };
  return { min: 1, max: isWhole ? 42 : 10 };
}

function clamp(value: number, { min, max }: Range): number {
  return Math.min(Math.max(value, min), max);
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

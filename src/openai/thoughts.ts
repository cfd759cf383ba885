import { REASONING_FIELDS, type WireDelta } from './wire.ts';

/** A part of what a model thought, with a signature perhaps, as some servers tell it. */
type Detail = Readonly<Record<string, unknown>>;

/** What a model thinks before it answers, piece by piece, in the fields in which it comes. */
export class Thoughts {
  readonly #texts = new Map<string, string[]>();
  readonly #details: Detail[] = [];

  /** @returns What is new, in its fields; `undefined` if nothing is. */
  add(delta: WireDelta): Record<string, unknown> | undefined {
    const news: Record<string, unknown> = {};
    for (const field of REASONING_FIELDS) {
      const value = delta[field];
      if (typeof value === 'string') {
        this.addText(field, value);
        if (value !== '') news[field] = value;
      } else if (Array.isArray(value) && value.length > 0) {
        this.#details.push(...(value as Detail[]));
        news[field] = value;
      }
    }
    return Object.keys(news).length > 0 ? news : undefined;
  }

  addText(field: string, text: string): void {
    const texts = this.#texts.get(field) ?? [];
    this.#texts.set(field, texts);
    texts.push(text);
  }

  /**
   * All of them, in their fields.
   * @param withEmpty Also those of which nothing but their presence is known.
   */
  toFields(withEmpty: boolean): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    for (const [field, texts] of this.#texts) {
      const text = texts.join('');
      if (text !== '' || withEmpty) fields[field] = text;
    }
    if (this.#details.length > 0) fields['reasoning_details'] = mergedDetails(this.#details);
    return fields;
  }
}

/** What thoughts say, wherever they stand; servers that have two fields say the same in both. */
export function textOfThoughts(fields: Readonly<Record<string, unknown>>): string {
  const { reasoning_content: content, reasoning, reasoning_details: details, think } = fields;
  const text = [content, reasoning, think].find((each) => typeof each === 'string' && each !== '');
  if (text !== undefined) return text as string;
  const parts = Array.isArray(details) ? (details as Detail[]) : [];
  const textsOf = ({ text: own, summary }: Detail) => (own ?? summary) as string | undefined;
  return parts.map(textsOf).join('');
}

/** What is left once its thoughts have been told in pieces; of empty ones nothing has been. */
export function withoutThoughts(fields: Readonly<Record<string, any>>): Record<string, unknown> {
  const isTold = (key: string, value: unknown) =>
    value !== '' && (key === 'think' || (REASONING_FIELDS as readonly string[]).includes(key));
  return Object.fromEntries(Object.entries(fields).filter(([key, value]) => !isTold(key, value)));
}

/** Thoughts as they go back: in the fields in which they came, or before the text, between tags. */
export function sentBack(
  fields: Readonly<Record<string, unknown>>,
  content: string | null,
): { readonly content: string | null } & Partial<
  Record<(typeof REASONING_FIELDS)[number], unknown>
> {
  const known = REASONING_FIELDS.filter((field) => fields[field] != null);
  const { think, reasoning_details: details } = fields;
  return {
    content: typeof think === 'string' ? `${OPEN}${think}${CLOSE}\n\n${content ?? ''}` : content,
    ...Object.fromEntries(known.map((field) => [field, fields[field]])),
    ...(Array.isArray(details) && { reasoning_details: mergedDetails(details as Detail[]) }),
  };
}

/** The pieces of a stream as the parts that they are pieces of: servers want them back so. */
export function mergedDetails(details: readonly Detail[]): Detail[] {
  const merged: Record<string, unknown>[] = [];
  for (const detail of details) {
    const last = merged.at(-1);
    if (last === undefined || !isMore(detail, last)) {
      merged.push({ ...detail });
      continue;
    }
    for (const [key, value] of Object.entries(detail)) {
      if (value === undefined || value === null) continue;
      const known = last[key];
      const isText = key === 'text' || key === 'summary';
      const isJoined = isText && typeof known === 'string' && typeof value === 'string';
      last[key] = isJoined ? known + value : value;
    }
  }
  return merged;
}

/** True for a piece of the part before it. What is encrypted comes whole. */
function isMore(detail: Detail, last: Detail): boolean {
  const isWhole = detail['data'] !== undefined || last['signature'] != null;
  return !isWhole && detail['type'] === last['type'] && detail['index'] === last['index'];
}

const OPEN = '<think>';
const CLOSE = '</think>';

/** Takes the thoughts out of a text that begins with them, between tags, as it comes. */
export class ThinkTags {
  #state: 'start' | 'thoughts' | 'gap' | 'text' = 'start';
  /** What may be the beginning of a tag. */
  #held = '';

  add(piece: string): { text: string; thought: string } {
    if (this.#state === 'text' || piece === '') return { text: piece, thought: '' };
    const text = this.#held + piece;
    this.#held = '';
    switch (this.#state) {
      case 'start': {
        const begun = text.trimStart();
        if (begun.startsWith(OPEN)) {
          this.#state = 'thoughts';
          return this.add(begun.slice(OPEN.length));
        }
        if (OPEN.startsWith(begun)) this.#held = text;
        else this.#state = 'text';
        return { text: this.#held === '' ? text : '', thought: '' };
      }
      case 'thoughts': {
        const end = text.indexOf(CLOSE);
        if (end !== -1) {
          this.#state = 'gap';
          const rest = this.add(text.slice(end + CLOSE.length));
          return { text: rest.text, thought: text.slice(0, end) };
        }
        const safe = text.length - overlap(text);
        this.#held = text.slice(safe);
        return { text: '', thought: text.slice(0, safe) };
      }
      case 'gap': {
        const rest = text.trimStart();
        if (rest !== '') this.#state = 'text';
        return { text: rest, thought: '' };
      }
    }
  }

  /** What was held back for a tag that did not come. */
  end(): { text: string; thought: string } {
    const held = this.#held;
    this.#held = '';
    return this.#state === 'start' ? { text: held, thought: '' } : { text: '', thought: held };
  }
}

/** How much of the end of a text may be the beginning of the closing tag. */
function overlap(text: string): number {
  for (let length = Math.min(CLOSE.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(CLOSE.slice(0, length))) return length;
  }
  return 0;
}

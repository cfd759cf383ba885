import { isRecord, type UncheckedSchema } from '../chatServer/chatRequest.ts';
import { fillNumber } from './fillNumber.ts';
import { fillString } from './fillString.ts';
import type { FillContext, FieldPlace } from './fillContext.ts';
import { countOf } from './readPrompt.ts';

type Keywords = { readonly [keyword: string]: unknown };

/** From here on, only what is required is filled, so that recursive schemas come to an end. */
const deepest = 5;
const bottom = 40;
const defaultItems = 3;

/**
 * Fills a JSON Schema with a valid value that looks like an answer: names decide what kind of text
 * stands where, and lists are as long as the prompt says. Understands `$ref` within the schema,
 * `anyOf`, `oneOf`, `allOf`, `const`, `enum`, and the keywords of objects, lists, texts and numbers,
 * but not `not`, `if`, `dependentSchemas`, `contains` and `patternProperties`.
 */
export function fillSchema(schema: UncheckedSchema, context: FillContext): unknown {
  const place: FieldPlace = {
    name: '',
    parent: '',
    description: '',
    taken: new Set(),
    depth: 0,
    isWhole: true,
  };
  return new SchemaFiller(schema, context).fill(schema, place);
}

class SchemaFiller {
  readonly #root: UncheckedSchema;
  readonly #context: FillContext;

  constructor(root: UncheckedSchema, context: FillContext) {
    this.#root = root;
    this.#context = context;
  }

  fill(given: unknown, outer: FieldPlace): unknown {
    // A schema that demands itself has no end, and so no value.
    if (outer.depth > bottom) return null;
    const schema = this.#resolve(given, outer.depth);
    const place = { ...outer, description: textOf(schema['description']) ?? outer.description };
    if ('const' in schema) return schema['const'];
    if (Array.isArray(schema['enum'])) return this.#choose(schema['enum'], place);
    switch (typeOf(schema)) {
      case 'object':
        return this.#object(schema, place);
      case 'array':
        return this.#array(schema, place);
      case 'number':
        return fillNumber(schema, { ...this.#context, place, isWhole: false });
      case 'integer':
        return fillNumber(schema, { ...this.#context, place, isWhole: true });
      case 'boolean':
        return this.#context.random.chance(0.6);
      case 'null':
        return null;
      default:
        return fillString(schema, { ...this.#context, place });
    }
  }

  /** The schema without references and choices. */
  #resolve(given: unknown, depth: number): Keywords {
    let schema: Keywords = isRecord(given) ? given : {};
    // A reference may lead to a reference, and a choice to both.
    for (let i = 0; i < 50; i++) {
      const { $ref, allOf, anyOf, oneOf, ...rest } = schema;
      if (typeof $ref === 'string') {
        schema = merge(this.#pointedTo($ref), without(schema, '$ref'));
      } else if (Array.isArray(allOf)) {
        const parts = allOf.map((part) => this.#resolve(part, depth));
        schema = parts.reduce(merge, without(schema, 'allOf'));
      } else if (Array.isArray(anyOf ?? oneOf)) {
        const key = anyOf ? 'anyOf' : 'oneOf';
        schema = merge(this.#alternative(schema[key] as unknown[], depth), without(schema, key));
      } else {
        return rest;
      }
    }
    return {};
  }

  #pointedTo(ref: string): Keywords {
    const [, pointer] = /^#(.*)$/.exec(ref) ?? [];
    let found: unknown = pointer === undefined ? {} : this.#root;
    for (const part of pointer?.split('/').slice(1) ?? []) {
      const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
      found = typeof found === 'object' && found !== null ? (found as Keywords)[key] : undefined;
    }
    return isRecord(found) ? found : {};
  }

  /** One that is not null; deep inside, one that goes no deeper. */
  #alternative(alternatives: readonly unknown[], depth: number): Keywords {
    const records = alternatives.filter(isRecord);
    const isNull = (schema: Keywords) => schema['type'] === 'null' || schema['const'] === null;
    if (depth >= deepest) {
      const ends = (schema: Keywords) =>
        !/"(?:\$ref|properties|items)"/.test(JSON.stringify(schema));
      return records.find(ends) ?? records[0] ?? {};
    }
    const values = records.filter((schema) => !isNull(schema));
    return values.length > 0 ? this.#context.random.pick(values) : (records[0] ?? {});
  }

  /** One that is not taken yet and not null, where there is one. */
  #choose(values: readonly unknown[], { taken }: FieldPlace): unknown {
    const free = values.filter((value) => value !== null && !taken.has(JSON.stringify(value)));
    const candidates = free.length > 0 ? free : values;
    const texts = candidates.filter((value) => typeof value === 'string');
    const { writer, random } = this.#context;
    // An empty list allows nothing, and JSON has no nothing.
    return writer.choice(texts) ?? (candidates.length > 0 ? random.pick(candidates) : null);
  }

  #object(schema: Keywords, place: FieldPlace): unknown {
    const { additionalProperties: others, minProperties = 0 } = schema;
    const properties = isRecord(schema['properties']) ? schema['properties'] : {};
    const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
    const names = place.depth < deepest ? Object.keys(properties) : [];
    const keys = new Set([...names, ...required]);
    const isWhole = place.isWhole && keys.size === 1;
    const inner = {
      ...place,
      parent: place.name,
      description: '',
      isWhole,
      depth: place.depth + 1,
    };
    const filled = new Map<string, unknown>();
    for (const name of keys) {
      const child = Object.hasOwn(properties, name) ? properties[name] : {};
      filled.set(name, this.fill(child, { ...inner, name }));
    }
    if (others === false) return Object.fromEntries(filled);
    // Entries under names of their own, for a record.
    const isRecordOnly = isRecord(others) && keys.size === 0 && place.depth < deepest;
    const missing = Math.max(Number(minProperties), isRecordOnly ? defaultItems : 0) - keys.size;
    const rules = isRecord(schema['propertyNames']) ? schema['propertyNames'] : { maxLength: 24 };
    const taken = new Set<unknown>([...keys].map((key) => JSON.stringify(key)));
    for (let item = 0; item < missing; item++) {
      const its = { ...place, name: 'key', item, taken, isWhole: false };
      let name = String(this.fill({ type: 'string', ...rules }, its));
      while (filled.has(name)) name = `${name}${item}`;
      taken.add(JSON.stringify(name));
      filled.set(name, this.fill(others === true ? {} : (others ?? {}), { ...inner, name }));
    }
    return Object.fromEntries(filled);
  }

  #array(schema: Keywords, place: FieldPlace): unknown[] {
    const { prefixItems, items } = schema;
    const first: unknown[] = Array.isArray(prefixItems)
      ? prefixItems
      : Array.isArray(items)
        ? items
        : [];
    const rest = Array.isArray(items) ? schema['additionalItems'] : items;
    const length = this.#lengthOf(schema, { place, fixed: first.length, isOpen: rest !== false });
    const filled: unknown[] = [];
    const taken = new Set<unknown>();
    let patience = 30;
    for (let item = 0; item < length; item++) {
      const child = first[item] ?? rest ?? {};
      let value: unknown;
      let isNew = false;
      // Lists without repetition look better even where they are not asked for.
      for (let tries = 0; tries < patience && !isNew; tries++) {
        value = this.fill(child, { ...place, item, taken, isWhole: false, depth: place.depth + 1 });
        isNew = !taken.has(JSON.stringify(value));
      }
      if (schema['uniqueItems'] === true && !isNew) break;
      // Where there is hardly anything new left, looking for it takes longer than it is worth.
      if (!isNew) patience = 2;
      taken.add(JSON.stringify(value));
      filled.push(value);
    }
    return filled;
  }

  #lengthOf(
    schema: Keywords,
    { place, fixed, isOpen }: { place: FieldPlace; fixed: number; isOpen: boolean },
  ): number {
    const min = Number(schema['minItems'] ?? 0);
    const max = Number(schema['maxItems'] ?? (isOpen ? Infinity : fixed));
    if (place.depth >= deepest) return Math.min(Math.max(min, 0), max);
    const asked = countOf(this.#context.prompt, place.name);
    const usual = fixed > 0 ? fixed : (asked ?? defaultItems);
    return Math.min(Math.max(usual, min), max);
  }
}

function typeOf(schema: Keywords): string {
  const { type } = schema;
  if (typeof type === 'string') return type;
  if (Array.isArray(type)) return String(type.find((one) => one !== 'null') ?? 'null');
  const has = (...keywords: string[]) => keywords.some((keyword) => keyword in schema);
  if (has('properties', 'required', 'additionalProperties', 'minProperties')) return 'object';
  if (has('items', 'prefixItems', 'minItems', 'maxItems')) return 'array';
  if (has('minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'))
    return 'number';
  return 'string';
}

/** What both demand, as far as one schema can say it. */
function merge(one: Keywords, other: Keywords): Keywords {
  const merged: Record<string, unknown> = { ...one, ...other };
  for (const [key, value] of Object.entries(other)) {
    const first = one[key];
    if (first === undefined) continue;
    if (key === 'properties' && isRecord(first) && isRecord(value)) {
      merged[key] = { ...first, ...value };
    } else if (key === 'required' && Array.isArray(first) && Array.isArray(value)) {
      merged[key] = [...new Set([...first, ...value])];
    } else if (/^(?:min|exclusiveMin)/.test(key)) {
      merged[key] = Math.max(Number(first), Number(value));
    } else if (/^(?:max|exclusiveMax)/.test(key)) {
      merged[key] = Math.min(Number(first), Number(value));
    }
  }
  return merged;
}

function without(schema: Keywords, key: string): Keywords {
  const { [key]: _, ...rest } = schema;
  return rest;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

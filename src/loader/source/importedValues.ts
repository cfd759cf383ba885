import { guessed, memberOf, type Placed, type StaticValue } from './staticValue.ts';

/** The exports of a module of the workspace, by name; `undefined` if it cannot be read. */
export type ImportsOf = (specifier: string) => ReadonlyMap<string, StaticValue> | undefined;

/** Values with what they take from other modules; these are read for that only. */
export class ImportedValues {
  readonly #importsOf: ImportsOf;

  constructor(importsOf: ImportsOf) {
    this.#importsOf = importsOf;
  }

  known(value: StaticValue | undefined): StaticValue | undefined {
    switch (value?.kind) {
      case 'imported': {
        const [name = '', ...keys] = value.path;
        const exported = this.#importsOf(value.from)?.get(name);
        const held = keys.reduce<StaticValue | undefined>(
          (object, key) => memberOf(this.known(object), key),
          exported,
        );
        const known = held?.kind === 'imported' ? this.known(held) : held;
        // Another file may change what it exports; of texts that is not to be feared.
        return known?.kind === 'text' ? known : guessed(known);
      }
      case 'array':
        return { ...value, items: value.items.map((item) => this.placed(item)) };
      case 'object':
        return {
          ...value,
          entries: new Map([...value.entries].map(([key, entry]) => [key, this.placed(entry)])),
        };
      default:
        return value;
    }
  }

  placed({ value, at }: Placed): Placed {
    return { value: this.known(value), at };
  }
}

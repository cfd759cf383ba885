import { Serializer } from './serialize.ts';

const text = new Serializer();

/** What savers turn values into bytes with, and back; the form is that of {@link Serializer}. */
export class TypedSerializer {
  /** @throws {SuperstepError} NOT_SERIALIZABLE */
  async dumpsTyped(value: unknown): Promise<[type: string, bytes: Uint8Array]> {
    if (value instanceof Uint8Array) return ['bytes', value];
    return ['json', new TextEncoder().encode(text.serialize(value))];
  }

  /** @throws {Error} for a type that `dumpsTyped` does not give */
  async loadsTyped(type: string, data: Uint8Array | string): Promise<unknown> {
    const isText = typeof data === 'string';
    if (type === 'bytes') return isText ? new TextEncoder().encode(data) : data;
    if (type === 'json') return text.deserialize(isText ? data : new TextDecoder().decode(data));
    throw new Error(
      `Cannot read a stored value of the type "${type}": it is neither json nor bytes`,
    );
  }
}

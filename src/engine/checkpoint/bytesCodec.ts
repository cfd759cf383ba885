const VIEWS = [
  'Uint8Array',
  'Buffer',
  'Uint8ClampedArray',
  'Int8Array',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'BigUint64Array',
  'BigInt64Array',
  'Float32Array',
  'Float64Array',
  'DataView',
];

type ViewClass = new (buffer: ArrayBuffer) => ArrayBufferView;

function viewClass(kind: string): ViewClass | undefined {
  return (globalThis as unknown as Record<string, ViewClass | undefined>)[kind];
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** Bytes of the kind that they were. */
export function decodeBytes(kind: string, text: string): ArrayBuffer | ArrayBufferView {
  const bytes = Buffer.from(text, 'base64');
  if (kind === 'Buffer') return bytes;
  // A buffer of its own: views of several bytes an item need an aligned start.
  const buffer = new Uint8Array(bytes).buffer;
  const type = viewClass(kind);
  return kind === 'ArrayBuffer' || type === undefined ? buffer : new type(buffer);
}

/** The kind of bytes that a value is, and these as text; `undefined` for what is none. */
export function encodeBytes(
  value: object,
  prototype: object | null,
): readonly [kind: string, text: string] | undefined {
  if (prototype === ArrayBuffer.prototype) {
    return ['ArrayBuffer', toBase64(new Uint8Array(value as ArrayBuffer))];
  }
  if (!ArrayBuffer.isView(value)) return undefined;
  const kind = VIEWS.find((each) => prototype === viewClass(each)?.prototype);
  const { buffer, byteOffset, byteLength } = value;
  return kind === undefined
    ? undefined
    : [kind, toBase64(new Uint8Array(buffer, byteOffset, byteLength))];
}

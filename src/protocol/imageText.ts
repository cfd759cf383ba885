/** An image that stands in a text: as a `data:` URL, or as nothing but base64. */
export interface ImageText {
  /** A `data:` URL of the type that its bytes say, whatever the text says. */
  readonly url: string;
  readonly type: 'PNG' | 'JPEG' | 'GIF' | 'WebP';
  /** In pixels; absent where the beginning that is there does not say. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Of the image in binary form; absent if the text was cut, so that there is only its beginning. */
  readonly bytes?: number;
}

/** What base64 of these formats begins with. */
const BEGINNINGS: readonly (readonly [ImageText['type'], RegExp])[] = [
  ['PNG', /^iVBORw0KGgo/],
  ['JPEG', /^\/9j\//],
  ['GIF', /^R0lGOD[dl]h/],
  ['WebP', /^UklGR.{6}XRUJQ/],
];
/** Nothing shorter holds an image. */
const MIN_LENGTH = 40;

/**
 * Reads an image from a text; `undefined` for any other text. Only bytes count: a format that may hold
 * script, as SVG does, is none.
 */
export function readImage(text: string): ImageText | undefined {
  const type = imageType(text);
  if (!type) return undefined;
  const [, base64 = '', rest = ''] = /^([A-Za-z\d+/]*={0,2})([^]*)$/.exec(
    text.slice(beginOf(text)),
  )!;
  // What is left out of a text leaves a note.
  const isCut = /^ ?…/.test(rest);
  if (rest !== '' && !isCut) return undefined;
  const data = base64.replace(/=+$/, '');
  const bytes = bytesOf(data.length % 4 === 1 ? data.slice(0, -1) : data);
  const size = sizeOf(type, bytes);
  const url = `data:image/${type.toLowerCase()};base64,${base64}`;
  return { url, type, ...(size && { size }), ...(!isCut && { bytes: bytes.length }) };
}

/** The format of the image that a text holds, by its first characters. */
export function imageType(text: string): ImageText['type'] | undefined {
  if (text.length < MIN_LENGTH) return undefined;
  const from = beginOf(text);
  const start = text.slice(from, from + 20);
  return BEGINNINGS.find(([, begins]) => begins.test(start))?.[0];
}

/** `PNG image, 640 × 480, 12 kB`, or `PNG image, 640 × 480, too large to be shown`. */
export function tellImage({ type, size, bytes }: ImageText): string {
  const pixels = size ? `, ${size.width} × ${size.height}` : '';
  return `${type} image${pixels}, ${bytes === undefined ? 'too large to be shown' : tellBytes(bytes)}`;
}

function tellBytes(bytes: number): string {
  return bytes < 1000 ? `${bytes} bytes` : `${Math.round(bytes / 1000)} kB`;
}

/** Where the base64 begins. */
function beginOf(text: string): number {
  return /^data:[\w/+.-]{0,40};base64,/i.exec(text.slice(0, 60))?.[0].length ?? 0;
}

function bytesOf(base64: string): Uint8Array {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

function sizeOf(type: ImageText['type'], bytes: Uint8Array): ImageText['size'] {
  const view = new DataView(bytes.buffer);
  try {
    switch (type) {
      case 'PNG':
        return { width: view.getUint32(16), height: view.getUint32(20) };
      case 'GIF':
        return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
      case 'WebP':
        return sizeOfWebP(view);
      case 'JPEG':
        return sizeOfJpeg(view);
    }
  } catch {
    // It ends before that.
    return undefined;
  }
}

function sizeOfWebP(view: DataView): ImageText['size'] {
  switch (view.getUint32(12)) {
    case 0x56_50_38_20: // "VP8 "
      return {
        width: view.getUint16(26, true) & 0x3fff,
        height: view.getUint16(28, true) & 0x3fff,
      };
    case 0x56_50_38_4c: {
      // "VP8L"
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 0x56_50_38_58: // "VP8X"
      return {
        width: (view.getUint32(24, true) & 0xffffff) + 1,
        height: (view.getUint32(26, true) >>> 8) + 1,
      };
    default:
      return undefined;
  }
}

/** Goes from segment to segment, to that of the frame. */
function sizeOfJpeg(view: DataView): ImageText['size'] {
  for (let at = 2; ; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    if (marker < 0xffc0) return undefined;
    const isFrame = marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
  }
}

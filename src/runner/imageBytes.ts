import { imageType } from '../protocol/imageText.ts';

/** As many as tell of what kind an image is. */
const BEGINNING = 30;

/** The text that an image in bytes is carried as; `undefined` for other bytes. Nothing is copied for those. */
export function imageText(value: ArrayBufferLike | ArrayBufferView): string | undefined {
  return isImage(value) ? bufferOf(value).toString('base64') : undefined;
}

/** Whether bytes are an image, by how they begin. */
export function isImage(value: ArrayBufferLike | ArrayBufferView): boolean {
  return imageType(bufferOf(value).subarray(0, BEGINNING).toString('base64')) !== undefined;
}

/** Characters of the text of as many bytes. */
export function textLength({ byteLength }: { readonly byteLength: number }): number {
  return 4 * Math.ceil(byteLength / 3);
}

function bufferOf(value: ArrayBufferLike | ArrayBufferView): Buffer {
  return ArrayBuffer.isView(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : Buffer.from(value);
}

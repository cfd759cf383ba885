import { imageType } from './imageText.ts';

/** Characters of all such texts of one value that are carried to a panel as they are. */
export const maxWholeLength = 400_000;

/** Whether nothing could be made of a text once it is cut, since it holds an image, or JSON: by its ends. */
export function isOnlyWhole(text: string): boolean {
  return imageType(text) !== undefined || isJsonLike(text);
}

function isJsonLike(text: string): boolean {
  return /^\s{0,20}[[{]/.test(text.slice(0, 21)) && /[\]}]\s{0,20}$/.test(text.slice(-21));
}

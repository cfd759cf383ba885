import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import {
  isSecret,
  isShortSecret,
  parseHeaders,
  replaceSecret,
  secretFields,
  secretsOfAddress,
} from '../openai/secrets.ts';

/** Stands where a key was. */
export const REDACTED = '[redacted]';

/** Lines of a key that are shorter than this may be words, such as "-----BEGIN". */
const longestWord = 32;

/** The end of a longer text, where one that was cut may show half of a key. */
const longestKey = 512;

/** Names of variables that hold keys; not of those that only say where a key is kept. */
const secretName = /(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL)/i;
const placeName = /_(?:FILE|PATH|DIR|SOCK|NAME|URL)$/i;

/** Of names that may mean something else, such as `SORT_KEY`, short values count as words. */
const surelySecretName =
  /(?:^|_)(?:(?:API|ACCESS|SECRET|PRIVATE|AUTH)_?KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)$/i;

/** What keys of well-known providers look like, and what an Authorization header holds. */
const keyShapes = /\b(?:sk-|gsk_|xai-|AIza)[\w-]{16,4096}|\bBearer\s+[\w.~+/-]{16,4096}=*/g;

/** Name and password in an address. */
const addressPair = /:\/\/[^\s/@:]{0,256}:[^\s/@]{1,512}@/g;

/** Texts without any of these are not looked at more closely. */
const keyHint = /sk-|gsk_|xai-|AIza|Bearer\s|:\/\//;

/** The end of a text that may go on to have one of these shapes. */
const openShape = new RegExp(
  [
    ...['sk-', 'gsk_', 'xai-', 'AIza'].map((start) => `\\b${beginningOf(start, '[\\w-]{0,4096}')}`),
    `\\b${beginningOf('Bearer', '\\s+[\\w.~+/-]{0,4096}=*')}`,
    beginningOf('://', '[^\\s/@:]{0,256}(?::[^\\s/@]{0,512})?'),
  ]
    .map((shape) => `(?:${shape})$`)
    .join('|'),
  'g',
);

/** No shape is longer than this. */
const longestShape = 4200;

/** A pattern for any beginning of a text, and for the whole of it with what may follow. */
function beginningOf(text: string, following: string): string {
  return [...text].reduceRight((rest, char) => `${char}(?:${rest})?`, following);
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Takes keys out of texts: the values it has been told, and what is shaped like a key. Nothing of
 * what a run tells leaves this part of the program without having been through one.
 *
 * Sees one text at a time; for texts that come in pieces there is {@link PieceRedactor}. Values are also
 * known in base64, in whatever they are a part of, and as they stand in addresses. Not found is what
 * was encoded otherwise, or told in texts that have nothing to do with each other.
 */
export class Redactor {
  /** The longest first, since one may hold another. */
  #secrets: readonly string[] = [];
  /** The same in other writings. */
  #encoded: readonly string[] = [];

  /** Knows from now on the values of variables whose names say that they hold a key. */
  addEnvironment(environment: Environment): void {
    const add = (secret: string) => this.#addKey(secret);
    for (const [name, value] of Object.entries(environment)) {
      if (!value) continue;
      if (/_HEADERS$/i.test(name)) secretFields(Object.entries(parseHeaders(value))).forEach(add);
      if (/_(?:URL|PROXY)$/i.test(name)) secretsOfAddress(value).forEach(add);
      if (!secretName.test(name) || placeName.test(name)) continue;
      if (isShortSecret(value.trim()) && !surelySecretName.test(name)) continue;
      // Without the paths in them, stacks would lead nowhere.
      if (!isAbsolute(value) || !existsSync(value)) this.add(value);
    }
  }

  /**
   * Knows this value from now on, if it is long enough to be a key; of one of several lines each long
   * one too, and its form in JSON, since texts often show it so. Of 4 to 7 characters it counts only
   * as a word of its own, and not at all if it is a number or says that there is no key.
   */
  add(secret: string): void {
    const value = secret.trim();
    if (/[\n"\\]/.test(value)) {
      for (const line of value.split(/\r?\n/)) if (line.length >= longestWord) this.#know(line);
      this.#know(JSON.stringify(value).slice(1, -1));
    }
    this.#addKey(value);
  }

  #addKey(value: string): void {
    if (!this.#know(value) || isShortSecret(value)) return;
    this.#encoded = longestFirst([...this.#encoded, ...encodingsOf(value)]);
  }

  /** @returns False for what is no secret, or known already. */
  #know(value: string): boolean {
    if (!isSecret(value) || this.#secrets.includes(value)) return false;
    this.#secrets = longestFirst([...this.#secrets, value]);
    return true;
  }

  /** The text with `[redacted]` in place of every key that begins at `from` or later. */
  readonly redact = (text: string, from = 0): string => {
    for (const secret of this.#secrets) text = replaceSecret(text, secret, REDACTED);
    for (const secret of this.#encoded) text = replaceSecret(text, secret, REDACTED);
    if (!keyHint.test(text)) return text;
    return text
      .replace(keyShapes, (found, at: number) => (at < from ? found : replaceKey(found)))
      .replace(addressPair, `://${REDACTED}@`);
  };

  /** The first `length` characters of a text, without a part of a key at the end. */
  readonly redactStart = (text: string, length: number): string => {
    // What lies behind the cut says whether there is a key across it.
    return this.redact(text.slice(0, length + longestKey)).slice(0, length);
  };

  /**
   * Where, at `from` or later, a text that is to go on may have begun to tell a key; its length if it
   * has not. No key that is whole lies across that place.
   */
  openEnd(text: string, from = 0): number {
    openShape.lastIndex = Math.max(from, text.length - longestShape);
    let end = openShape.exec(text)?.index ?? text.length;
    for (const secret of this.#secrets) end = Math.min(end, beginningAt(text, secret));
    for (let moved = true; moved;) {
      const before = end;
      for (const secret of this.#secrets) {
        const at = text.indexOf(secret, Math.max(0, end - secret.length + 1));
        if (at !== -1 && at < end) end = at;
      }
      moved = end < before;
    }
    return Math.max(from, end);
  }
}

function longestFirst(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort((one, other) => other.length - one.length);
}

/**
 * A value as it stands in addresses, and what of it stands in base64 whatever comes before and behind:
 * there it looks in one of three ways, by where it begins.
 */
function encodingsOf(value: string): string[] {
  const inBase64 = [0, 1, 2].map((shift) => {
    const bytes = Buffer.from(' '.repeat(shift) + value);
    const [start, end] = [Math.ceil((shift * 8) / 6), Math.floor((bytes.length * 8) / 6)];
    return bytes.toString('base64').slice(start, end);
  });
  const forAddresses = inBase64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  const escaped = encodeURIComponent(value.toWellFormed());
  return [...inBase64, ...forAddresses, ...(escaped === value ? [] : [escaped])];
}

/** Where the end of a text is a beginning of the secret; the text's length if it is not. */
function beginningAt(text: string, secret: string): number {
  // Whether a short one is a word of its own is seen only from what follows.
  const longest = isShortSecret(secret) ? secret.length : secret.length - 1;
  let at = text.indexOf(secret[0]!, Math.max(0, text.length - longest));
  while (at !== -1 && !secret.startsWith(text.slice(at))) at = text.indexOf(secret[0]!, at + 1);
  return at === -1 ? text.length : at;
}

/** A key has a digit somewhere: `sk-learn-based-classification` is left alone. */
function replaceKey(found: string): string {
  if (!/\d/.test(found)) return found;
  return found.startsWith('Bearer') ? `Bearer ${REDACTED}` : REDACTED;
}

/** Takes keys out of a text that comes in pieces: what may be the beginning of one is held back. */
export class PieceRedactor {
  readonly #redactor: Redactor;
  #held = '';
  /** What was told last says whether a new word begins. */
  #before = '';

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** @returns What can be told by now, without keys. */
  add(piece: string): string {
    const text = this.#before + this.#held + piece;
    return this.#tell(text, this.#redactor.openEnd(text, this.#before.length));
  }

  /** @returns What was held back, when no more will come. */
  end(): string {
    const text = this.#before + this.#held;
    return this.#tell(text, text.length);
  }

  #tell(text: string, end: number): string {
    const { length } = this.#before;
    const told = this.#redactor.redact(text.slice(0, end), length).slice(length);
    this.#held = text.slice(end);
    this.#before = text.slice(Math.max(0, end - 1), end);
    return told;
  }
}

/** A redactor that knows the keys in these environments. */
export function redactorOf(...environments: readonly (Environment | undefined)[]): Redactor {
  const redactor = new Redactor();
  for (const environment of environments) redactor.addEnvironment(environment ?? {});
  return redactor;
}

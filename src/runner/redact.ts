import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';

/** Stands where a key was. */
const mark = '[redacted]';

/** Shorter values may be words: to take them out would make a riddle of every text. */
const shortest = 8;

/** Lines of a key that are shorter than this may be words, such as "-----BEGIN". */
const longestWord = 32;

/** The end of a longer text, where one that was cut may show half of a key. */
const longestKey = 512;

/** Names of variables that hold keys; not of those that only say where a key is kept. */
const secretName = /(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL)/i;
const placeName = /_(?:FILE|PATH|DIR|SOCK|NAME|URL)$/i;

/** What keys of well-known providers look like, and what an Authorization header holds. */
const keyShapes = /\b(?:sk-|gsk_|xai-|AIza)[\w-]{16,4096}|\bBearer\s+[\w.~+/-]{16,4096}=*/g;

/** Texts without any of these are not looked at more closely. */
const keyHint = /sk-|gsk_|xai-|AIza|Bearer\s/;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Takes keys out of texts: the values it has been told, and what is shaped like a key. Nothing of
 * what a run tells leaves this part of the program without having been through one.
 *
 * Sees one text at a time: a key that is told in pieces, such as token by token, is not found; nor is
 * one that was encoded, or written into bytes.
 */
export class Redactor {
  /** The longest first, since one may hold another. */
  #secrets: readonly string[] = [];

  /** Knows from now on the values of variables whose names say that they hold a key. */
  addEnvironment(environment: Environment): void {
    for (const [name, value] of Object.entries(environment)) {
      if (!value || !secretName.test(name) || placeName.test(name)) continue;
      // Without the paths in them, stacks would lead nowhere.
      if (!isAbsolute(value) || !existsSync(value)) this.add(value);
    }
  }

  /**
   * Knows this value from now on, if it is long enough to be a key (8 characters); of one of several
   * lines each long one too, and its form in JSON, since texts often show it so.
   */
  add(secret: string): void {
    const value = secret.trim();
    if (/[\n"\\]/.test(value)) {
      for (const line of value.split(/\r?\n/)) if (line.length >= longestWord) this.#add(line);
      this.#add(JSON.stringify(value).slice(1, -1));
    }
    this.#add(value);
  }

  #add(value: string): void {
    if (value.length < shortest || this.#secrets.includes(value)) return;
    this.#secrets = [...this.#secrets, value].sort((one, other) => other.length - one.length);
  }

  /** The text with `[redacted]` in place of every key. */
  readonly redact = (text: string): string => {
    if (text.length < shortest) return text;
    for (const secret of this.#secrets) {
      if (text.includes(secret)) text = text.replaceAll(secret, mark);
    }
    return keyHint.test(text) ? text.replace(keyShapes, replaceKey) : text;
  };

  /** The first `length` characters of a text, without a part of a key at the end. */
  readonly redactStart = (text: string, length: number): string => {
    // What lies behind the cut says whether there is a key across it.
    return this.redact(text.slice(0, length + longestKey)).slice(0, length);
  };
}

/** A key has a digit somewhere: `sk-learn-based-classification` is left alone. */
function replaceKey(found: string): string {
  if (!/\d/.test(found)) return found;
  return found.startsWith('Bearer') ? `Bearer ${mark}` : mark;
}

/** A redactor that knows the keys in these environments. */
export function redactorOf(...environments: readonly (Environment | undefined)[]): Redactor {
  const redactor = new Redactor();
  for (const environment of environments) redactor.addEnvironment(environment ?? {});
  return redactor;
}

import { fit } from './fit.ts';
import { labels } from './texts.ts';
import type { Random } from './random.ts';

interface Options {
  readonly random: Random;
  readonly min: number;
  readonly max: number;
  readonly more: () => string;
}

/** Repetitions without an upper bound stop here. */
const mostRepeats = 6;
const tries = 50;

/**
 * A text that a regular expression matches. Knows characters, classes, groups, alternatives and
 * repetitions; for what is beyond that (look-around, back references) any text of the right length.
 */
export function patternText(pattern: string, { random, min, max, more }: Options): string {
  const isMatch = matcherOf(pattern);
  for (let i = 0; i < tries; i++) {
    try {
      const text = new PatternWriter(pattern, random).write();
      if (isMatch(text) && text.length >= min && text.length <= max) return text;
    } catch {
      break;
    }
  }
  const word = labels.find((label) => isMatch(label) && label.length >= min && label.length <= max);
  return word ?? fit(random.pick(labels), { min, max, more });
}

function matcherOf(pattern: string): (text: string) => boolean {
  try {
    const expression = new RegExp(pattern, 'u');
    return (text) => expression.test(text);
  } catch {
    return () => true;
  }
}

const classes: Readonly<Record<string, string>> = {
  d: '0123456789',
  w: 'abcdefghijklmnopqrstuvwxyz0123456789',
  s: ' ',
  D: 'abcdefghijklmnopqrstuvwxyz',
  W: '-',
  S: 'abcdefghijklmnopqrstuvwxyz',
};
const controls: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v' };
/** What a negated class, or a dot, may stand for. */
const anyCharacter = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_ .';

/** Reads a pattern from left to right and writes what it reads. */
class PatternWriter {
  readonly #pattern: string;
  readonly #random: Random;
  #at = 0;

  constructor(pattern: string, random: Random) {
    this.#pattern = pattern;
    this.#random = random;
  }

  write(): string {
    const text = this.#alternatives();
    if (this.#at < this.#pattern.length) throw new SyntaxError('Unbalanced pattern');
    return text;
  }

  /** All alternatives are written, since all have to be read; one is taken. */
  #alternatives(): string {
    const written = [this.#sequence()];
    while (this.#take('|')) written.push(this.#sequence());
    return this.#random.pick(written);
  }

  #sequence(): string {
    let text = '';
    while (this.#at < this.#pattern.length && !'|)'.includes(this.#pattern[this.#at]!)) {
      const start = this.#at;
      const once = this.#atom();
      const end = this.#at;
      const count = this.#repeats();
      const next = this.#at;
      for (let i = 0; i < count; i++) {
        // Read again, so that each repetition is another.
        this.#at = start;
        text += i === 0 && count === 1 ? once : this.#atom();
        this.#at = end;
      }
      this.#at = next;
    }
    return text;
  }

  #atom(): string {
    const character = this.#pattern[this.#at++]!;
    switch (character) {
      case '^':
      case '$':
        return '';
      case '.':
        return this.#random.pick([...anyCharacter]);
      case '(':
        return this.#group();
      case '[':
        return this.#class();
      case '\\':
        return this.#escape();
      default:
        return character;
    }
  }

  #group(): string {
    if (this.#take('?')) {
      if (this.#take('<')) {
        if ('=!'.includes(this.#pattern[this.#at]!)) throw new SyntaxError('Look-behind');
        this.#at = this.#pattern.indexOf('>', this.#at) + 1;
      } else if (!this.#take(':')) {
        throw new SyntaxError('Look-ahead');
      }
    }
    const text = this.#alternatives();
    if (!this.#take(')')) throw new SyntaxError('Group without end');
    return text;
  }

  #class(): string {
    const isNegated = this.#take('^');
    let allowed = '';
    while (!this.#take(']')) {
      if (this.#at >= this.#pattern.length) throw new SyntaxError('Class without end');
      const set = this.#member();
      if (
        set.length === 1 &&
        this.#pattern[this.#at] === '-' &&
        this.#pattern[this.#at + 1] !== ']'
      ) {
        this.#at++;
        allowed += charactersBetween(set, this.#member());
      } else {
        allowed += set;
      }
    }
    const candidates = isNegated
      ? [...anyCharacter].filter((character) => !allowed.includes(character))
      : [...allowed];
    return this.#random.pick(candidates);
  }

  #member(): string {
    const character = this.#pattern[this.#at++]!;
    if (character !== '\\') return character;
    const escaped = this.#pattern[this.#at]!;
    if (!(escaped in classes)) return this.#escape();
    this.#at++;
    return classes[escaped]!;
  }

  #escape(): string {
    const escaped = this.#pattern[this.#at++]!;
    if (escaped in classes) return this.#random.pick([...classes[escaped]!]);
    if (escaped in controls) return controls[escaped]!;
    if (escaped === 'b') return '';
    if (escaped === 'u' || escaped === 'x') {
      const digits = new RegExp(escaped === 'u' ? '[\\da-f]{4}' : '[\\da-f]{2}', 'iy');
      digits.lastIndex = this.#at;
      const code = digits.exec(this.#pattern)?.[0];
      if (code === undefined) throw new SyntaxError('Escape');
      this.#at += code.length;
      return String.fromCharCode(parseInt(code, 16));
    }
    if (/[\w]/.test(escaped)) throw new SyntaxError('Escape');
    return escaped;
  }

  #repeats(): number {
    const quantifier = /(?:([*+?])|\{(\d+)(,(\d*))?\})\??/y;
    quantifier.lastIndex = this.#at;
    const match = quantifier.exec(this.#pattern);
    if (!match) return 1;
    this.#at += match[0].length;
    const [, sign, least, more, most] = match;
    if (sign === '?') return this.#random.int(0, 1);
    if (sign) return this.#random.int(sign === '+' ? 1 : 0, mostRepeats);
    const min = Number(least);
    if (more === undefined) return min;
    return this.#random.int(min, most ? Number(most) : min + mostRepeats);
  }

  #take(character: string): boolean {
    if (this.#pattern[this.#at] !== character) return false;
    this.#at++;
    return true;
  }
}

function charactersBetween(first: string, last: string): string {
  const [from, to] = [first.charCodeAt(0), last.charCodeAt(0)];
  return String.fromCharCode(
    ...Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i),
  );
}

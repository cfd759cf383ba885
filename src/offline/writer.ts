import type { Place } from './fillSchema.ts';
import type { Random } from './random.ts';
import type { Prompt } from './readPrompt.ts';

const roles = [
  'Patient Gardener',
  'Night-shift Poet',
  'Retired Sailor',
  'Cheerful Barista',
  'Amateur Astronomer',
  'Gentle Philosopher',
  'Street Magician',
  'Old-school Detective',
  'Jazz Pianist',
  'Village Baker',
  'Weekend Mountaineer',
  'Curious Librarian',
];

/** Writes the texts of one answer. */
export class Writer {
  readonly #prompt: Prompt;
  readonly #random: Random;

  constructor(prompt: Prompt, random: Random) {
    this.#prompt = prompt;
    this.#random = random;
  }

  /** The answer to the prompt, as long as was asked for. */
  answer(): string {
    const { length, toolResults } = this.#prompt;
    if (toolResults.length > 0)
      return toolResults.map(({ name, text }) => `${name} says: ${text}`).join('\n');
    let text = this.sentence();
    if (length.unit === 'words') {
      while (text.split(/\s+/).length < length.count - 5) text += ` ${this.sentence()}`;
    } else if (length.unit === 'sentences') {
      for (let i = 1; i < length.count; i++) text += ` ${this.sentence()}`;
    }
    return text;
  }

  sentence(): string {
    const { topic, role } = this.#prompt;
    const lead = role ? `Speaking as a ${role}, ` : '';
    return `${lead}${topic} ${this.#random.pick(['is worth a closer look', 'rewards patience', 'has more to it than meets the eye', 'begins with small things'])}.`;
  }

  /** A text for a field of this name. */
  field({ name, isWhole, taken }: Place): string {
    if (isWhole) return this.answer();
    if (/roles?$|names?$/.test(name)) {
      return (
        this.#random.shuffle(roles).find((role) => !taken.has(JSON.stringify(role))) ?? roles[0]!
      );
    }
    return this.sentence();
  }
}

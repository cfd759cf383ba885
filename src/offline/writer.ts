import { capital, countWords, phrase, sentencesOf } from './phrase.ts';
import type { Random } from './random.ts';
import type { Prompt } from './readPrompt.ts';
import * as texts from './texts.ts';
import { wordsOf } from './wordsOf.ts';

/** Writes the texts of one answer. No sentence comes twice as long as there are others. */
export class Writer {
  readonly #prompt: Prompt;
  readonly #random: Random;
  readonly #used = new Set<string>();
  readonly #joke: readonly [string, string];

  constructor(prompt: Prompt, random: Random) {
    this.#prompt = prompt;
    this.#random = random;
    this.#joke = random.pick(texts.jokes);
  }

  /** The answer to the prompt, in the form and at the length that was asked for. */
  answer(): string {
    const { task, toolResults, options, ids } = this.#prompt;
    if (toolResults.length > 0) return this.#tellResults();
    switch (task) {
      case 'greet':
        return this.#pick(texts.greetings);
      case 'yesOrNo':
        return this.#random.pick(['Yes', 'No']);
      case 'choose':
        if (options.length > 0) return this.choice(options) ?? this.#random.pick(options);
        return ids ? String(this.#random.int(ids.min, ids.max)) : this.#prose();
      case 'message':
        return this.#message();
      case 'joke':
        return `${this.setup()} ${this.punchline()}`;
      case 'poem':
        return this.#poem();
      case 'story':
        return this.#cutToLength(texts.story.map((row) => this.#pick(row)).join(' '));
      case 'list':
        return this.ideas(this.#prompt.count ?? 5)
          .map((idea, i) => `${i + 1}. ${idea}`)
          .join('\n');
      case 'rework':
        return this.#rework();
      case 'calculate':
        return `The result is ${this.#prompt.result}.`;
      case 'write':
        return this.#prose();
    }
  }

  /** One sentence that goes with the topic. */
  sentence(): string {
    return this.#pick(texts.bodies);
  }

  /** One sentence that opens a text about the topic, and names it. */
  opener(): string {
    const { role, task, topic } = this.#prompt;
    const opener = this.#pick(topic.isClause ? texts.clauseOpeners : texts.openers);
    return role !== undefined && task === 'write' ? this.#inRole(texts.roleLeads, opener) : opener;
  }

  /** The option that the prompt speaks for, if there is one. */
  choice(options: readonly string[]): string | undefined {
    const { text } = this.#prompt;
    const opinion = opinionOf(text);
    const found = options.find((option) => option.toLowerCase() === opinion);
    if (found !== undefined) return found;
    const said = new Set(wordsOf(text));
    const mentioned = options.filter((option) => wordsOf(option).some((word) => said.has(word)));
    const isTelling = mentioned.length > 0 && mentioned.length < options.length;
    return isTelling ? this.#random.pick(mentioned) : undefined;
  }

  setup(): string {
    return this.#fill(this.#joke[0]);
  }

  punchline(): string {
    return this.#fill(this.#joke[1]);
  }

  /** So many short pieces of advice. */
  ideas(count: number): string[] {
    return Array.from({ length: count }, () => this.#pick(texts.ideas));
  }

  /** Nothing is picked again before all others were. */
  #pick(templates: readonly string[]): string {
    let free = templates.filter((one) => !this.#used.has(one));
    if (free.length === 0) {
      for (const one of templates) this.#used.delete(one);
      free = [...templates];
    }
    const template = this.#random.pick(free);
    this.#used.add(template);
    return this.#fill(template);
  }

  #fill(template: string): string {
    const { topic, role = 'friend' } = this.#prompt;
    return phrase(template, { topic: topic.phrase, isPlural: topic.isPlural, role });
  }

  /** A sentence as somebody in the role says it. */
  #inRole(leads: readonly string[], sentence: string): string {
    const lead = this.#pick(leads).replace(/\ba (?=[aeiou])/i, 'an ');
    return lead + keepName(sentence, this.#prompt.topic.phrase);
  }

  #prose(): string {
    const { role, topic, length } = this.#prompt;
    const { unit, count } = length;
    if (role !== undefined && /^your(?:self|selves)$/.test(topic.phrase)) {
      const told = this.#random.shuffle(texts.introductions).slice(0, 3);
      return this.#cutToLength(told.map((one) => this.#fill(one)).join(' '));
    }
    if (unit === 'words') return this.#words(count);
    if (unit === 'sentences') return this.#sentences(count).join(' ');
    return Array.from({ length: Math.min(count, 30) }, () => this.#sentences(5).join(' ')).join(
      '\n\n',
    );
  }

  #sentences(count: number): string[] {
    const sentences = [this.opener()];
    const isClosed = count > 1 && !this.#prompt.isOpenEnded;
    while (sentences.length < Math.min(count, 500) - Number(isClosed)) {
      sentences.push(this.sentence());
    }
    if (isClosed) sentences.push(this.#pick(texts.closers));
    return sentences;
  }

  /** About so many words: within a sentence of it, or exactly if there are only a few. */
  #words(count: number): string {
    if (count <= 3) return this.#fewWords(count);
    const sentences = [this.opener()];
    const closer = this.#prompt.isOpenEnded ? '' : this.#pick(texts.closers);
    let length = countWords(sentences[0]! + closer);
    for (let i = 0; length < count - 8 && i < 5000; i++) {
      const sentence = this.sentence();
      length += countWords(sentence);
      sentences.push(sentence);
      // A page of one paragraph is no pleasure to read.
      if (count > 250 && i % 7 === 6) sentences.push('\n\n');
    }
    if (closer !== '' && countWords(sentences[0]!) + 6 < count) sentences.push(closer);
    return sentences.join(' ').replace(/ *\n\n */g, '\n\n');
  }

  #fewWords(count: number): string {
    return capital(this.#random.shuffle(texts.fewWords).slice(0, count).join(', '));
  }

  #message(): string {
    const { role, length } = this.#prompt;
    const count = length.isAsked && length.unit === 'sentences' ? length.count : 1;
    const sentences = Array.from({ length: Math.min(count, 12) }, () => this.#pick(texts.messages));
    if (role !== undefined) sentences[0] = this.#inRole(texts.messageLeads, sentences[0]!);
    return sentences.join(' ');
  }

  #poem(): string {
    if (/haiku/i.test(this.#prompt.text)) {
      return this.#random
        .pick(texts.haikus)
        .map((line) => this.#fill(line))
        .join('\n');
    }
    const { unit, count, isAsked } = this.#prompt.length;
    const pairs = isAsked && unit === 'sentences' ? Math.ceil(count / 2) : 2;
    const lines = this.#random.shuffle(texts.couplets).slice(0, Math.max(1, pairs)).flat();
    return lines.map((line) => capital(this.#fill(line))).join('\n');
  }

  /** A text that was given, shorter or with something added. */
  #rework(): string {
    const { material, isShortening, length } = this.#prompt;
    const sentences = sentencesOf(material);
    if (!isShortening) return `${material.trim()} ${this.#pick(texts.afterthoughts)}`;
    const wanted = length.isAsked && length.unit === 'sentences' ? length.count : 2;
    const step = Math.max(1, sentences.length / Math.max(1, wanted));
    const kept = Array.from({ length: wanted }, (_, i) => sentences[Math.floor(i * step)]);
    return this.#cutToLength(kept.filter((one) => one !== undefined).join(' '));
  }

  #tellResults(): string {
    const { toolResults } = this.#prompt;
    const told = toolResults.map(({ name, text }) => {
      const what = name
        .replace(/([a-z\d])([A-Z])/g, '$1 $2')
        .replace(/[_-]+/g, ' ')
        .toLowerCase();
      return `According to ${what}: ${text.trim().replace(/\.$/, '')}.`;
    });
    return `${told.join(' ')} ${this.#random.pick(texts.resultClosers)}`;
  }

  #cutToLength(text: string): string {
    const { unit, count, isAsked } = this.#prompt.length;
    if (!isAsked) return text;
    const sentences = sentencesOf(text);
    if (unit === 'sentences') {
      while (sentences.length < Math.min(count, 500)) sentences.push(this.sentence());
      return sentences.slice(0, count).join(' ');
    }
    if (unit !== 'words') return text;
    while (countWords(sentences.join(' ')) < count - 8) sentences.push(this.sentence());
    while (sentences.length > 1 && countWords(sentences.join(' ')) > count + 8) sentences.pop();
    return sentences.join(' ');
  }
}

/** Whether a text is for or against something, where a word of it says so. */
function opinionOf(text: string): 'positive' | 'negative' | undefined {
  const said = text.replace(/\bpositive\b|\bnegative\b|\bneutral\b/gi, '');
  const isNegated = /\b(?:not|never|hardly|n['’]t)\b/i.test(said);
  const isGood =
    /\b(?:love|loved|great|excellent|wonderful|amazing|good|happy|fantastic|enjoyed?|best|delightful|perfect)\b/i.test(
      said,
    );
  const isBad =
    /\b(?:hate|hated|terrible|awful|bad|worst|broken|disappoint\w*|angry|horrible|poor|useless|refund)\b/i.test(
      said,
    );
  if (isGood === isBad) return undefined;
  return isGood !== isNegated ? 'positive' : 'negative';
}

/** A sentence behind a colon begins small, unless with a name. */
function keepName(sentence: string, topic: string): string {
  const isName = sentence.startsWith(capital(topic)) && /^\p{Lu}/u.test(topic);
  return isName || /^I\b/.test(sentence)
    ? sentence
    : sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

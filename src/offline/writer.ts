import { capital, countWords, sentencesOf, titleCase, withArticle } from './phrase.ts';
import type { Random } from './random.ts';
import type { Prompt } from './readPrompt.ts';
import { lists, type ListName } from './texts.ts';
import { wordsOf } from './wordsOf.ts';

/** Writes the texts of one answer. */
export class Writer {
  readonly #prompt: Prompt;
  readonly #random: Random;
  /** What is left of each list. */
  readonly #decks = new Map<ListName, string[]>();
  /** What gaps are filled with, besides the lists. */
  readonly #gaps: Readonly<Record<string, () => string>>;

  constructor(prompt: Prompt, random: Random) {
    this.#prompt = prompt;
    this.#random = random;
    const { text, topic, role = 'friend' } = prompt;
    let joke: string | undefined;
    const partOfJoke = (part: number) => (joke ??= this.pick('joke')).split('\n')[part]!;
    this.#gaps = {
      topic: () => topic,
      heading: () => titleCase(topic),
      role: () => withArticle(role),
      plainRole: () => role,
      setup: () => partOfJoke(0),
      punchline: () => partOfJoke(1),
      place: () => placeIn(text) ?? this.pick('city'),
      opinion: () => opinionOf(text) ?? 'neutral',
    };
  }

  /** The answer to the prompt, in the form and at the length that was asked for. */
  answer(): string {
    const { task, toolResults, options, ids, text, result, count, length } = this.#prompt;
    if (toolResults.length > 0) return this.#tellResults();
    switch (task) {
      case 'greet':
        return this.pick('greeting');
      case 'yesOrNo':
        return this.#random.pick(['Yes', 'No']);
      case 'choose':
        if (ids && (options.length < 2 || /\b(?:id|index|number)\b/i.test(text))) {
          return String(this.#random.int(ids.min, ids.max));
        }
        return this.choice(options) ?? this.#random.pick(options);
      case 'calculate':
        return `The result is ${result}.`;
      case 'joke':
        return this.fill('{setup} {punchline}');
      case 'poem':
        return this.#poem();
      case 'story':
        return this.#asAsked(this.pick('story').split('\n'));
      case 'list':
        return Array.from({ length: count ?? 5 }, (_, i) => `${i + 1}. ${this.pick('idea')}`).join(
          '\n',
        );
      case 'rework':
        return this.#rework();
      case 'message':
        return this.#asAsked([this.#inRole('messageLead', this.pick('message'))], 'message');
      case 'write':
        if (length.isAsked && length.unit === 'words' && length.count <= 3) {
          const words = Array.from({ length: length.count }, () => this.pick('adjective'));
          return capital(words.join(', '));
        }
        return this.#toLength([this.opener()]);
    }
  }

  /** One sentence that opens a text, and names its topic. */
  opener(): string {
    const opener = this.pick('opener');
    return this.#prompt.task === 'write' ? this.#inRole('roleLead', opener) : opener;
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

  /** One of a list: nothing comes again before all others did, nor what the prompt has already. */
  pick(list: ListName): string {
    let deck = this.#decks.get(list);
    if (deck === undefined || deck.length === 0) {
      const all = this.#random.shuffle<string>(lists[list]);
      const unsaid = all.filter((one) => !this.#prompt.text.includes(one));
      deck = unsaid.length > 0 ? unsaid : all;
      this.#decks.set(list, deck);
    }
    return this.fill(deck.pop()!);
  }

  /** A text with its gaps filled. */
  fill(template: string): string {
    return template.replace(/\{(\w+)\}/g, (_, gap: string) => {
      const name = gap.charAt(0).toLowerCase() + gap.slice(1);
      const text = this.#gaps[name]?.() ?? this.pick(name as ListName);
      return name === gap ? text : capital(text);
    });
  }

  /** A sentence as somebody in the role says it, if there is one. */
  #inRole(leads: 'roleLead' | 'messageLead', sentence: string): string {
    return this.#prompt.role === undefined ? sentence : `${this.pick(leads)} ${sentence}`;
  }

  #poem(): string {
    const { text, length } = this.#prompt;
    if (/haiku/i.test(text)) return this.pick('haiku');
    const pairs = length.isAsked && length.unit === 'sentences' ? Math.ceil(length.count / 2) : 2;
    const couplets = Array.from(
      { length: Math.min(Math.max(pairs, 1), lists.couplet.length) },
      () => this.pick('couplet'),
    );
    return couplets.join('\n').split('\n').map(capital).join('\n');
  }

  /** A text that was given, shorter or with something added. */
  #rework(): string {
    const { text, material, length } = this.#prompt;
    const isShortening = /\b(?:summar\w+|shorten|condense|tl;?dr|key points?|gist)\b/i.test(text);
    if (!isShortening) return `${material} ${this.pick('afterthought')}`;
    const sentences = sentencesOf(material);
    const wanted = length.isAsked && length.unit === 'sentences' ? length.count : 2;
    const step = Math.max(1, sentences.length / Math.max(1, wanted));
    const kept = Array.from({ length: wanted }, (_, i) => sentences[Math.floor(i * step)]);
    return this.#asAsked(kept.filter((one) => one !== undefined));
  }

  #tellResults(): string {
    const told = this.#prompt.toolResults.map(({ name, text }) => {
      const tool = name.replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/[_-]+/g, ' ');
      return `According to ${tool.toLowerCase()}: ${text.trim().replace(/\.$/, '')}.`;
    });
    return `${told.join(' ')} ${this.pick('resultCloser')}`;
  }

  /** These sentences, unless another length was asked for. */
  #asAsked(sentences: readonly string[], list?: 'message'): string {
    return this.#prompt.length.isAsked ? this.#toLength(sentences, list) : sentences.join(' ');
  }

  /** A text that begins with these sentences, as long as was asked for. */
  #toLength(begun: readonly string[], list: 'sentence' | 'message' = 'sentence'): string {
    const { unit, count } = this.#prompt.length;
    const sentences = [...begun];
    if (unit === 'words') return this.#toWords(sentences, { count, list });
    const wanted = Math.min(unit === 'paragraphs' ? count * 5 : count, 500);
    while (sentences.length < wanted) sentences.push(this.pick(list));
    const kept = sentences.slice(0, Math.max(wanted, 1));
    return unit === 'paragraphs' ? paragraphsOf(kept, 5) : kept.join(' ');
  }

  /** Within a sentence of so many words. */
  #toWords(
    sentences: string[],
    { count, list }: { count: number; list: 'sentence' | 'message' },
  ): string {
    let length = countWords(sentences.join(' '));
    while (length < count - 8 && sentences.length < 5000) {
      const sentence = this.pick(list);
      length += countWords(sentence);
      sentences.push(sentence);
    }
    while (sentences.length > 1 && length > count + 8) length -= countWords(sentences.pop()!);
    // A page of one paragraph is no pleasure to read.
    return paragraphsOf(sentences, count > 250 ? 7 : Infinity);
  }
}

function paragraphsOf(sentences: readonly string[], size: number): string {
  return sentences
    .map((sentence, i) => (i === 0 ? '' : i % size === 0 ? '\n\n' : ' ') + sentence)
    .join('');
}

/** A place that a text names. */
function placeIn(text: string): string | undefined {
  return /\b(?:in|to|at|from|near) ((?:\p{Lu}[\p{L}'-]+)(?: \p{Lu}[\p{L}'-]+)*)/u.exec(text)?.[1];
}

const praise =
  /\b(?:loved?|great|excellent|wonderful|amazing|good|happy|fantastic|enjoy\w*|best)\b/i;
const blame =
  /\b(?:hated?|terrible|awful|bad|worst|broken|disappoint\w*|angry|horrible|poor|useless|refund)\b/i;

/** Whether a text is for or against something, where a word of it says so. */
function opinionOf(text: string): 'positive' | 'negative' | undefined {
  const isNegated = /\b(?:not|never|hardly|n['’]t)\b/i.test(text);
  if (praise.test(text) === blame.test(text)) return undefined;
  return praise.test(text) !== isNegated ? 'positive' : 'negative';
}

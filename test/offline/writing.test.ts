import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readPrompt } from '../../src/offline/readPrompt.ts';
import { toTokens } from '../../src/offline/tokens.ts';
import { countWords, sentencesOf } from '../../src/offline/phrase.ts';
import { ask, fill, objectOf, requestOf } from './ask.ts';

const answer = (prompt: string, seed = 1) => ask(prompt, {}, seed).text;

test('texts are about as long as was asked for', () => {
  for (const words of [20, 50, 80, 100, 150, 300, 1000]) {
    for (const topic of ['sea urchin tofu', 'parallel computing', 'moss', 'Lisbon', 'honesty']) {
      const text = answer(`Write a paragraph about ${topic}, about ${words} words.`);
      const count = countWords(text);
      assert.ok(
        Math.abs(count - words) <= 14 + words * 0.05,
        `${count} words for ${words}: ${text}`,
      );
      assert.match(text.toLowerCase(), new RegExp(topic.toLowerCase()));
    }
  }
  for (const [prompt, count] of [
    ['Explain moss in one sentence', 1],
    ['Explain moss in two sentences', 2],
    ['Write 5 sentences about moss', 5],
  ] as const) {
    assert.equal(sentencesOf(answer(prompt)).length, count, prompt);
  }
  assert.equal(answer('Write 3 paragraphs about moss').split('\n\n').length, 3);
  assert.equal(countWords(answer('Describe the moon in one word')), 1);
});

test('no sentence of a text of a page comes twice', () => {
  for (const topic of ['tofu', 'software', 'cats', 'Paris', 'lighthouses', 'honesty']) {
    const sentences = sentencesOf(answer(`Write 200 words about ${topic}`));
    assert.equal(new Set(sentences).size, sentences.length, topic);
  }
});

test('each topic of an article has a text of its own', () => {
  const topics = [
    'What is sea urchin tofu',
    'How delicious is sea urchin tofu',
    'Ingredients and preparation of sea urchin tofu',
  ];
  const texts = topics.map((topic) => answer(`Write a paragraph about ${topic}, about 100 words.`));
  assert.equal(new Set(texts).size, 3);
  for (const text of texts) assert.match(text, /sea urchin tofu/i);
});

const roles = [
  'Poet',
  'Pirate',
  'Lawyer',
  'Grandmother',
  'Weather Presenter',
  'Football Coach',
  'Shy Librarian',
  'Medieval Knight',
  'Cat',
  'Dream Guy',
  'Troll',
  'Playboy',
  'Dominant CEO',
  'Kawaii Otaku',
  'Zebra',
];

test('each role writes a message of its own', () => {
  const prompt = (role: string) =>
    `Your neighbour has not replied since you asked to borrow their ladder. As a ${role}, what do you write to them now? One friendly sentence.`;
  const replies = roles.map((role) => answer(prompt(role)));
  assert.equal(new Set(replies).size, roles.length);
  for (const reply of replies) {
    assert.equal(sentencesOf(reply).length, 1, reply);
    assert.doesNotMatch(reply, /[{}]|undefined/);
  }
});

test('a role that is not known is spoken of by its name', () => {
  const texts = Array.from({ length: 20 }, (_, seed) =>
    answer('As a Zebra Dentist, say what you think about tea.', seed),
  );
  assert.ok(texts.every((text) => text.includes('Zebra Dentist')));
});

test('prompts are read for role, topic and length', () => {
  const read = (prompt: string) => {
    const { role, topic, length, task } = readPrompt(requestOf(prompt).messages);
    return { role, topic, length: `${length.count} ${length.unit}`, task };
  };
  assert.deepEqual(read('As a tea-lover, write 50 words about my cat, please'), {
    role: 'tea-lover',
    topic: 'your cat',
    length: '50 words',
    task: 'write',
  });
  assert.equal(read('You are an old sailor who is tired. Tell me a story').role, 'old sailor');
  assert.equal(read('How do I learn to juggle?').topic, 'learning to juggle');
  assert.equal(read('What is sea urchin tofu?').topic, 'sea urchin tofu');
  assert.equal(read('Return it as a JSON object').role, undefined);
  const tasks: Record<string, string> = {
    'Tell me a joke about cats': 'joke',
    'Write a haiku about rain': 'poem',
    'Write a story about a dragon': 'story',
    'Give me 5 tips for Lisbon': 'list',
    'Hello there': 'greet',
    'Is it late? Answer yes or no': 'yesOrNo',
    'Summarize this text: It was late and the rain had not stopped for a week.': 'rework',
    'What is 6 times 7?': 'calculate',
    'She never replied. What should I write?': 'message',
    'Write an email to my landlord': 'message',
    'Classify as spam, news or friend: hello': 'choose',
    'Give me 3-5 tips for Lisbon': 'list',
    'What happened on 2024-11-05?': 'write',
    'Explain gravity': 'write',
  };
  for (const [prompt, task] of Object.entries(tasks)) assert.equal(read(prompt).task, task, prompt);
});

test('forms are kept', () => {
  assert.equal(answer('Write a haiku about rain').split('\n').length, 3);
  assert.equal(answer('Give me 5 tips for Lisbon').split('\n').length, 5);
  assert.match(answer('Tell me a joke about cats'), /cats.*\?.*\./i);
  assert.match(answer('What is 6 times 7?'), /42/);
  assert.match(answer('Answer yes or no: is it late?'), /^(?:Yes|No)$/);
  assert.match(answer('Classify as spam, news or friend: hello'), /^(?:spam|news|friend)$/);
  const text = 'The kettle sang. The cat slept on. Nobody came. It was a long evening indeed.';
  const summary = answer(`Summarize in two sentences: ${text}`);
  assert.ok(sentencesOf(summary).every((sentence) => text.includes(sentence)));
  assert.ok(answer(`Improve this text: ${text}`).startsWith(text));
});

test('what is chosen is one of the things that are named or listed', () => {
  const choices: Record<string, readonly string[]> = {
    'Which of the three is best: tea, coffee or cocoa?': ['tea', 'coffee', 'cocoa'],
    'Who is the best candidate? Ada, Kofi or Mei': ['Ada', 'Kofi', 'Mei'],
    'Which title is best?\n1. A Long Day\n2. The Kettle\n3. No Wind': [
      'A Long Day',
      'The Kettle',
      'No Wind',
    ],
    'Pick the best of these:\n- by train\n- by boat': ['by train', 'by boat'],
    'Choose the best of ["red", "blue"]': ['red', 'blue'],
  };
  for (const [prompt, options] of Object.entries(choices)) {
    const seen = new Set(Array.from({ length: 40 }, (_, seed) => answer(prompt, seed)));
    assert.deepEqual([...seen].sort(), [...options].sort(), prompt);
    const field = fill(objectOf({ best: { type: 'string' }, why: { type: 'string' } }), prompt);
    assert.ok(options.includes(field.best), field.best);
  }
});

test('a text names what the prompt is about, however it asks', () => {
  const topics: Record<string, string> = {
    'Is the earth round?': 'the earth',
    'Why is the sky so blue?': 'the sky',
    'Explain how a lens works': 'how a lens works',
    'You are a pirate. Describe your day.': 'your day',
    'Please write a recipe for onion soup': 'onion soup',
    'Review this code for bugs:\n\nreturn a - b': 'bugs',
    'Could you compare trains and planes?': 'trains and planes',
  };
  for (const [prompt, topic] of Object.entries(topics)) {
    assert.equal(readPrompt(requestOf(prompt).messages).topic, topic, prompt);
    for (let seed = 0; seed < 20; seed++) assert.ok(answer(prompt, seed).includes(topic), prompt);
  }
});

test('any prompt gets an answer, the same each time, without gaps of templates', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (prompt) => {
      const text = answer(prompt);
      assert.notEqual(text, '');
      assert.equal(answer(prompt), text);
      if (!prompt.includes('{')) assert.doesNotMatch(text, /\{[a-z|]+\}/i);
    }),
  );
});

test('prompts that are made to be slow to read are not', () => {
  for (const prompt of [
    '{'.repeat(100_000),
    '"'.repeat(100_000),
    'a, '.repeat(50_000),
    ' '.repeat(100_000),
    'as a '.repeat(30_000),
    '1. '.repeat(50_000),
    '\n\n'.repeat(50_000),
    'one of '.repeat(20_000),
    'write '.repeat(30_000),
    '([{'.repeat(30_000),
  ]) {
    const before = process.cpuUsage();
    answer(prompt);
    assert.ok(process.cpuUsage(before).user < 5_000_000, prompt.slice(0, 10));
  }
});

test('tokens joined are the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      assert.equal(toTokens(text).join(''), text);
    }),
  );
});

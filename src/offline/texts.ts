/**
 * All that the offline model has to say. Gaps: `{topic}`, `{Topic}` at the beginning of a sentence,
 * `{role}`, and `{is|are}` for what the topic's number demands.
 */

/** Sentences that open a text and name its topic. */
export const openers: readonly string[] = [
  '{Topic} {is|are} easier to recognise than to define, which makes a closer look worthwhile.',
  '{Topic} {repays|repay} a second look, since the obvious part is seldom the important one.',
  'There is more to {topic} than it seems at first.',
  'Most people know a little about {topic}, and few know how the parts fit together.',
  'Anyone who looks into {topic} soon finds that the simple questions are the good ones.',
  'The best way to understand {topic} is to begin with one example.',
  'Opinions about {topic} differ, but some points come up every time.',
];

/** The same for half a sentence, such as "how a lens works". */
export const clauseOpeners: readonly string[] = [
  'It is worth asking {topic}, because the answer is useful in many places.',
  'Many people wonder {topic}, and the answer has more than one part.',
  'To see {topic}, it helps to begin with one example.',
  'Nobody can say in one sentence {topic}, but a few points take us a long way.',
];

/** Sentences that go with any topic, in any order. */
export const bodies: readonly string[] = [
  'The details differ from case to case, yet the main idea stays the same.',
  'Beginners notice what is missing, and experts notice what could be left out.',
  'A small example says more about it than a long definition.',
  'Much depends on timing, since what is too early can be as wrong as what is too late.',
  'It works best when there is a little room for mistakes.',
  'Two people rarely agree on the finer points, and both of them usually have a reason.',
  'What looks like talent is often a habit that somebody has kept up for years.',
  'The costs are visible at once and the benefits come later, which explains some of the hesitation.',
  'It helps to talk it through with somebody who sees it for the first time.',
  'Looking back, the important decisions are often the small ones.',
  'There are good tools for it, but none of them can do the thinking.',
  'Left alone for a week it changes little, and after a year it has become something else.',
  'A good teacher shows it once, steps back and waits.',
  'Some of the rules can be bent, and it is worth knowing which of them cannot.',
  'Nobody gets it right every time, and that is no reason to give up.',
  'A list of the open questions is a good place to start.',
  'Simple checks at the beginning save a lot of work at the end.',
  'Each part is easy to explain, and the interest lies in how they act together.',
  'It is useful to compare two or three cases side by side.',
  'Numbers help here, as long as it is clear what they count.',
  'Where there is doubt, the simpler explanation is usually the better one.',
  'What worked once is worth writing down before it is forgotten.',
  'Most of the surprises come from things that everybody took for granted.',
  'A change in one place is often felt in quite another.',
  'There is a short answer and a long one, and both of them are true.',
  'Practice makes the difference, more than any single piece of advice.',
];

/** Sentences that close a text. */
export const closers: readonly string[] = [
  'None of this is complicated, but it has to be done with care.',
  'The rest is practice, and practice can be pleasant.',
  'That may not be the last word, but it is a good place to begin.',
  'In short, it is worth the time.',
  'With these points in mind, the next step is easy to find.',
];

/** What is asked, and what is answered. */
export const jokes: readonly (readonly [setup: string, punchline: string])[] = [
  ['Why did {topic} go to the library?', 'To find out what all the fuss was about.'],
  ['What did one expert on {topic} say to the other?', 'Nothing, they were both still talking.'],
  [
    'How many experts on {topic} does it take to change a light bulb?',
    'Just one, and seven more to explain why the old bulb was better.',
  ],
  [
    'Why did I stop telling people about {topic}?',
    'Everyone already had an opinion, and I had only facts.',
  ],
];

export const haikus: readonly (readonly [string, string, string])[] = [
  ['early light, no wind', '{topic} in the morning', 'nobody speaks yet'],
  ['the long day is done', '{topic} and a cup of tea', 'a small cloud moves on'],
];

/** Pairs of lines that rhyme, in any order. */
export const couplets: readonly (readonly [string, string])[] = [
  [
    'I thought about {topic} all morning by the door,',
    'and what I came to understand just made me wish for more.',
  ],
  [
    'The street was grey, the day was long, the clock was running slow,',
    'and {topic} came to mind again, as better things will go.',
  ],
  [
    'Some people look for treasure and some look for a friend,',
    'but {topic} {is|are} a different thing that has no proper end.',
  ],
  [
    'So here is to {topic}, whatever it may be,',
    'a little more for you, my friend, a little less for me.',
  ],
];

/** Sentences of a story: one of each row, in this order. */
export const story: readonly (readonly string[])[] = [
  [
    'Nobody in the village had thought much about {topic} until that winter.',
    'It began on an ordinary Tuesday, which is how stories about {topic} tend to begin.',
  ],
  [
    'Mira was the first to ask a question, and nobody had an answer.',
    'Mira wrote it all down in a notebook and told only her brother.',
  ],
  [
    'For three days nothing happened, and on the fourth everything changed.',
    'Then a letter arrived, and it said that they should come at once.',
  ],
  [
    'They worked until it was dark, and it took two tries.',
    'What followed was partly luck and partly courage.',
  ],
  [
    'In the end there was a path where no path had been.',
    'By spring everybody had heard of it, and some even believed it.',
  ],
  [
    'Mira still has the notebook, and the last page is still empty.',
    'If you go there, ask for Mira; she knows the rest.',
  ],
];

export const greetings: readonly string[] = [
  'Hello! What shall we look at today?',
  'Hi there! Where do we begin?',
  'Good to see you! Tell me what is on your mind, and I will do my best.',
];

/** Items of a list of advice or ideas; each can stand alone. */
export const ideas: readonly string[] = [
  'Start with the smallest version that still counts',
  'Ask three people what they would leave out',
  'Set aside one quiet hour in the morning',
  'Draw it on a single sheet of paper before anything else',
  'Borrow the tools first and buy them later',
  'Invite somebody who sees it differently',
  'Keep a short diary of what works',
  'Write down what would count as a success',
  'Do the hardest part first',
  'Leave room for one surprise',
  'Celebrate when half of it is done',
  'Make a checklist of no more than five lines',
  'Try it once without any preparation',
  'Look at how others have done it',
  'Change only one thing at a time',
  'Decide when to stop before you begin',
];

/** What somebody in a role begins with, before the rest of a sentence. */
export const roleLeads: readonly string[] = [
  'Speaking as a {role}, I would say this: ',
  'Any {role} will tell you the same: ',
  'From where a {role} stands it looks like this: ',
  'After all these years as a {role} I am sure of one thing: ',
];

/** What somebody in a role says about themselves. */
export const introductions: readonly string[] = [
  'I am a {role}, and I would not want to be anything else.',
  'I have been a {role} for as long as I can remember.',
  'If you ever need a {role}, you know where to find me.',
  'My days begin early and end late, and in between I try to be of use.',
  'Ask me anything, and if I do not know the answer I will say so.',
];

/** Messages to somebody: one sentence each. */
export const messages: readonly string[] = [
  'I hope that you are well, and there is no hurry with an answer.',
  'I thought of you today and wanted to say hello.',
  'This is only a short note to say that I would be glad to hear from you.',
  'Take all the time you need, I am happy to wait.',
  'Let me know when it suits you, and I will be there.',
  'If anything is unclear, just ask me.',
  'A quick yes or a friendly no would both be fine with me.',
  'I am sure that you have a lot to do, so I will keep this short.',
  'You once said that good things take time, and I agree.',
  'I will be at home this evening, in case you want to talk.',
  'Nothing has changed on my side, and the offer still stands.',
  'It would make my day to read a line from you.',
  'Should this be a bad time, simply tell me when to ask again.',
  'I have kept a place free for you, whenever you like.',
];

/** What somebody in a role begins a message with. */
export const messageLeads: readonly string[] = [
  'Hello from a {role}: ',
  'A few words from a {role}: ',
  'As a {role} I keep it simple: ',
  'It is the {role} again: ',
];

/** What is added to a text that was to be improved or continued. */
export const afterthoughts: readonly string[] = [
  'Read slowly, it says a little more than it seems to.',
  'The small details are what stays in the mind.',
  'And that is where the interesting part begins.',
];

/** What is said after the results of tools. */
export const resultClosers: readonly string[] = [
  'I hope that answers it.',
  'That is all there is to it.',
  'Let me know if you need more.',
];

/** What `{topic}` is described with in a word or two. */
export const fewWords: readonly string[] = ['gentle', 'curious', 'bright', 'steady', 'warm'];

/* Word lists. Any word of the first goes with any of the second. */

export const temperaments = list(`
  Patient, Cheerful, Retired, Absent-minded, Poetic, Stubborn, Gentle, Daring, Sleepy,
  Punctual, Calm, Melancholic, Curious, Travelling, Unflappable, Superstitious, Generous,
  Soft-spoken, Theatrical, Self-taught, Homesick, Optimistic, Experienced, Overprepared,
  Whimsical, Quick-witted, Philosophical, Part-time, Sentimental
`);

export const occupations = list(`
  Gardener, Poet, Sailor, Barista, Astronomer, Philosopher, Magician, Detective, Pianist,
  Baker, Mountaineer, Librarian, Clockmaker, Chef, Cartographer, Beekeeper, Violinist, Pirate,
  Professor, Programmer, Gamer, Florist, Photographer, Juggler, Tailor, Knight, Bookseller,
  Nurse, Train Driver, Carpenter, Chess Player, Storyteller, Surfer, Architect, Robot
`);

export const firstNames = list(`
  Ada, Amina, Bruno, Chen, Clara, Diego, Elif, Emil, Freya, Hana, Ines, Jonas, Kofi, Lena, Leo,
  Mara, Mateo, Mei, Milan, Nadia, Noor, Oscar, Priya, Rafael, Rosa, Samir, Sofia, Tariq, Tomas,
  Yara, Yuki, Zoe
`);

export const lastNames = list(`
  Abara, Bauer, Castillo, Dumont, Eriksen, Ferrari, Haddad, Ito, Jensen, Kowalski, Lindgren,
  Moreau, Nakamura, Okafor, Petrov, Quist, Rao, Santos, Tanaka, Varga, Weber, Yilmaz, Zhang
`);

export const cities = list(`
  Lisbon, Kyoto, Nairobi, Montreal, Ghent, Valparaíso, Tallinn, Hanoi, Porto, Wellington,
  Kraków, Oaxaca, Bergen, Jaipur
`);

export const countries = list(`
  Portugal, Japan, Kenya, Canada, Belgium, Chile, Estonia, Vietnam, India, New Zealand, Poland,
  Mexico, Norway
`);

export const colors = list(`
  teal, amber, indigo, coral, olive, crimson, ivory, slate, plum, mint
`);

/** Single words that could stand on a label of nearly anything. */
export const labels = list(`
  craft, balance, patience, texture, tradition, detail, rhythm, contrast, light, season,
  comfort, curiosity, practice, simplicity, warmth, structure, surprise, memory, harmony,
  courage, focus, clarity
`);

export const adjectives = list(`
  quiet, bright, gentle, curious, bold, honest, simple, patient, lively, thoughtful, steady,
  surprising, generous, playful, careful, fresh
`);

export const categories = list(`
  essentials, everyday, special, seasonal, classic, experimental, community
`);

/** The words of a text that commas part. */
function list(text: string): readonly string[] {
  return text.split(',').map((word) => word.trim());
}

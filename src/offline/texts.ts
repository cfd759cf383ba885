/**
 * All that the offline model has to say: lists, and what stands in which field. `{topic}` and other
 * gaps are filled by the writer; `{city}` stands for one of the list of that name, and `{City}` for the
 * same with a capital letter. Sentences suit any topic, since nobody knows what will be asked.
 */
export const lists = {
  /** Sentences that open a text. The topic may be a thing, several, or half a sentence. */
  opener: [
    'There is more to {topic} than it seems at first.',
    'When it comes to {topic}, the obvious part is seldom the important one.',
    'Most people know a little about {topic}, and few know how the parts fit together.',
    'Anyone who thinks about {topic} soon finds that the simple questions are the good ones.',
    'To understand {topic}, it is best to begin with one example.',
    'Opinions about {topic} differ, but some points come up every time.',
    'A closer look at {topic} is worth the time.',
  ],

  /** Sentences that go on with it, in any order. */
  sentence: [
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
  ],

  /** What somebody in a role begins with. */
  roleLead: [
    'Speaking as {role}:',
    'Any good {plainRole} would say it like this:',
    'Seen with the eyes of {role}:',
    'From {role}, in all brevity:',
  ],

  /** Messages to somebody: one sentence each. */
  message: [
    'I hope that you are well, and there is no hurry with an answer.',
    'I thought of you today and wanted to say hello.',
    'This is only a short note to say that I would be glad to hear from you.',
    'Take all the time you need, I am happy to wait.',
    'Let me know when it suits you, and I will be there.',
    'If anything is unclear, just ask me.',
    'A quick yes or a friendly no would both be fine with me.',
    'I am sure that you have a lot to do, so I will keep this short.',
    'I will be at home this evening, in case you want to talk.',
    'It would make my day to read a line from you.',
    'Should this be a bad time, simply tell me when to ask again.',
  ],
  messageLead: [
    'Hello from {role}:',
    'A few words from {role}:',
    'A note from {role}:',
    'Greetings from {role}:',
  ],

  /** A question, and on a line of its own what is answered. */
  joke: [
    'Why did {topic} come up at the library?\nSomebody had asked what all the fuss was about.',
    'What did one expert on {topic} say to the other?\nNothing, they were both still talking.',
    'How many experts on {topic} does it take to change a light bulb?\nJust one, and seven more to explain why the old bulb was better.',
    'Why did I stop telling people about {topic}?\nEveryone already had an opinion, and I had only facts.',
    'What is the best thing about a long talk on {topic}?\nThe break in the middle.',
    'How do you spot a lover of {topic} at a party?\nThere is no need to, they find you.',
    'Why did nobody finish the book about {topic}?\nThe author wanted to leave something for later.',
  ],
  haiku: [
    'early light, no wind\n{topic} in the morning\nnobody speaks yet',
    'the long day is done\n{topic} and a cup of tea\na small cloud moves on',
  ],
  couplet: [
    'I thought about {topic} all morning by the door,\nand what I came to understand just made me wish for more.',
    'The street was grey, the day was long, the clock was running slow,\nand {topic} came to mind again, as better things will go.',
    'Some people look for treasure and some look for a friend,\nbut give me only {topic}, and let the others spend.',
    'So here is to {topic}, the best that there can be,\na little more for you, my friend, a little less for me.',
    'The clever have their reasons and the busy have their plan,\nand I have {topic} in my head and think of it all I can.',
    'When evening falls and all is said and every lamp is low,\nthen {topic} will be with me still, wherever I may go.',
  ],

  /** One sentence a line. */
  story: [
    'Nobody in the village had thought much about {topic} until that winter.\nMira was the first to ask a question, and nobody had an answer.\nFor three days nothing happened, and on the fourth everything changed.\nThey worked until it was dark, and it took two tries.\nIn the end there was a path where no path had been.\nMira still has the notebook, and the last page is still empty.',
    'It began on an ordinary Tuesday, which is how stories about {topic} tend to begin.\nTomas wrote it all down and told only his sister.\nThen a letter arrived, and it said that they should come at once.\nWhat followed was partly luck and partly courage.\nBy spring everybody had heard of it, and some even believed it.\nIf you go there, ask for Tomas; he knows the rest.',
  ],

  greeting: [
    'Hello! What shall we look at today?',
    'Hi there! Where do we begin?',
    'Good to see you! Tell me what is on your mind, and I will do my best.',
  ],

  /** Items of a list of steps, tips or ideas; each can stand alone. */
  idea: [
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
  ],

  /** What is added to a text that was to be improved or continued. */
  afterthought: [
    'Read slowly, it says a little more than it seems to.',
    'The small details are what stays in the mind.',
    'And that is where the interesting part begins.',
  ],

  /** What is said after the results of tools. */
  resultCloser: ['I hope that answers it.', 'Let me know if you need more.'],

  title: [
    '{heading}, Step by Step',
    'The {Adjective} Side of {heading}',
    '{heading}: A Closer Look',
    'Notes on {heading}',
  ],

  temperament: words(`
    Patient, Cheerful, Retired, Absent-minded, Poetic, Stubborn, Gentle, Daring, Sleepy,
    Punctual, Calm, Melancholic, Curious, Travelling, Unflappable, Superstitious, Generous,
    Soft-spoken, Theatrical, Self-taught, Homesick, Optimistic, Experienced, Overprepared,
    Whimsical, Quick-witted, Philosophical, Part-time, Sentimental
  `),
  occupation: words(`
    Gardener, Poet, Sailor, Barista, Astronomer, Philosopher, Magician, Detective, Pianist,
    Baker, Mountaineer, Librarian, Clockmaker, Chef, Cartographer, Beekeeper, Violinist, Pirate,
    Professor, Programmer, Gamer, Florist, Photographer, Juggler, Tailor, Knight, Bookseller,
    Nurse, Train Driver, Carpenter, Chess Player, Storyteller, Surfer, Architect, Robot
  `),
  firstName: words(`
    Ada, Amina, Bruno, Chen, Clara, Diego, Elif, Emil, Freya, Hana, Ines, Jonas, Kofi, Lena, Leo,
    Mara, Mateo, Mei, Milan, Nadia, Noor, Oscar, Priya, Rafael, Rosa, Samir, Sofia, Tariq, Tomas,
    Yara, Yuki, Zoe
  `),
  lastName: words(`
    Abara, Bauer, Castillo, Dumont, Eriksen, Ferrari, Haddad, Ito, Jensen, Kowalski, Lindgren,
    Moreau, Nakamura, Okafor, Petrov, Quist, Rao, Santos, Tanaka, Varga, Weber, Yilmaz, Zhang
  `),
  city: words(`
    Lisbon, Kyoto, Nairobi, Montreal, Ghent, Valparaíso, Tallinn, Hanoi, Porto, Wellington,
    Kraków, Oaxaca, Bergen, Jaipur
  `),
  country: words(`
    Portugal, Japan, Kenya, Canada, Belgium, Chile, Estonia, Vietnam, India, New Zealand, Poland,
    Mexico, Norway
  `),
  color: words('teal, amber, indigo, coral, olive, crimson, ivory, slate, plum, mint'),
  currency: words('EUR, USD, JPY, GBP'),
  language: words('English, Spanish, Japanese, Portuguese'),
  category: words('essentials, everyday, special, seasonal, classic, experimental, community'),
  /** Words that could stand on a label of nearly anything. */
  label: words(`
    craft, balance, patience, texture, tradition, detail, rhythm, contrast, light, season,
    comfort, curiosity, practice, simplicity, warmth, structure, surprise, memory, harmony,
    courage, focus, clarity
  `),
  adjective: words(`
    quiet, bright, gentle, curious, bold, honest, simple, patient, lively, thoughtful, steady,
    surprising, generous, playful, careful, fresh
  `),
} satisfies Record<string, readonly string[]>;

export type ListName = keyof typeof lists;

const email = /(ada|clara|elif|kofi|mei|noor|samir|zoe)\.(bauer|ito|jensen|okafor|rao|varga)/;
const day = /202[456]-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])/;
const hour = /(0[89]|1\d):[0-5][05]/;
const host = /(amber|coral|harbour|lantern|meadow|north|river|summit)/;

/** Patterns for the formats of JSON Schema; other formats are texts like any other. */
export const formats: Readonly<Record<string, string>> = {
  email: `${email.source}@example\\.com`,
  'idn-email': `${email.source}@example\\.com`,
  uri: `https://example\\.com/${host.source}`,
  url: `https://example\\.com/${host.source}`,
  'uri-reference': `/${host.source}`,
  iri: `https://example\\.com/${host.source}`,
  hostname: `${host.source}\\.example\\.com`,
  date: day.source,
  time: `${hour.source}:00Z`,
  'date-time': `${day.source}T${hour.source}:00Z`,
  duration: 'PT([1-9]|1[0-2])H',
  uuid: '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}',
  guid: '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}',
  ipv4: '192\\.0\\.2\\.([1-9]|[1-9]\\d)',
  ipv6: '2001:db8::[1-9]\\d{0,3}',
};

/**
 * What stands in a field with one of these words in its name, or several: a text with gaps, or the
 * pattern that it is made of. The first that fits is taken.
 */
export const fields: readonly (readonly [names: string, text: string | RegExp])[] = [
  ['e_?mail', new RegExp(formats['email']!)],
  ['url|uri|link|website|homepage', new RegExp(formats['url']!)],
  ['phone|mobile', /\+1 555 01\d\d/],
  ['uuid|guid', new RegExp(formats['uuid']!)],
  ['timestamp|datetime|created|updated|.*_at', new RegExp(formats['date-time']!)],
  ['date|day|birthday|deadline', day],
  ['time|start|end', hour],
  ['colou?r', '{color}'],
  ['country|countrie|nation', '{country}'],
  ['city|citie|town|place|location|destination', '{place}'],
  ['address|street', /[1-9]\d? (Harbour|Lantern|Meadow|River) Street, (Ghent|Lisbon|Porto)/],
  ['currency|currencie', '{currency}'],
  ['language|locale', '{language}'],
  ['sentiment|mood|tone', '{opinion}'],
  ['set_?up', '{setup}'],
  ['punch_?line', '{punchline}'],
  ['query|querie|search|expression|q', '{query}'],
  ['role|persona|character|archetype|hero', '{temperament} {occupation}'],
  ['(?:first|given)_?name', '{firstName}'],
  ['(?:last|sur|family)_?name', '{lastName}'],
  ['name', '{name}'],
  ['author|person|user|owner|assignee|speaker|customer|founder|manager', '{firstName} {lastName}'],
  ['title|heading|headline|subject|topic|theme|section', '{title}'],
  ['category|categorie|genre|type|kind|group', '{category}'],
  ['tag|keyword|label|word', '{label}'],
  ['adjective|quality|qualitie', '{adjective}'],
  ['key|slug|code|identifier|id', '{adjective}-{label}'],
  ['step|task|action|idea|suggestion|point|tip|advice|todo|item|goal|instruction', '{idea}'],
  ['recommendation', '{idea}'],
  ['question', 'What is it about {topic} that people remember?'],
];

/** The words of a text that commas part. */
function words(text: string): readonly string[] {
  return text.split(',').map((word) => word.trim());
}

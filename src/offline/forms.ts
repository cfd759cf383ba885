/** Templates of texts that have a form: see `phrase` for their gaps. */

/** What is asked, and what is answered. */
export const jokes: readonly (readonly [setup: string, punchline: string])[] = [
  [
    'Why did {topic} get invited to every party?',
    'Because somebody had to bring the small talk, and this time it came with an anchor.',
  ],
  [
    'What did one {topic} say to the other?',
    'Nothing at all, but it was a very meaningful silence.',
  ],
  [
    'Why did I stop telling people about {topic}?',
    'Everyone already had an opinion, and the opinions had children.',
  ],
  [
    'How many experts on {topic} does it take to change a light bulb?',
    'Just one, and seven more to explain why the old bulb was better.',
  ],
  ['Why did {topic} go to the library?', 'To finally see what all the fuss was about.'],
  [
    'What do you call {topic} on a Monday morning?',
    'Anything you like, {it is|they are} not awake enough to answer.',
  ],
];

export const haikus: readonly (readonly [string, string, string])[] = [
  ['early light, no wind', '{topic} in the doorway', 'nobody speaks yet'],
  ['one lamp left burning', 'the evening makes some room for', '{topic}, and for rain'],
  ['the kettle falls still', '{topic} on a windowsill', 'a small cloud moves on'],
];

/** Pairs of lines that rhyme, in any order. */
export const couplets: readonly (readonly [string, string])[] = [
  [
    'I thought about {topic} all morning by the door,',
    'and found that what I had of it made me wish for something more.',
  ],
  [
    'The street was grey, the kettle sang, the clock was running slow,',
    'and {topic} came to mind again, as lighter things will go.',
  ],
  [
    'Some people look for treasure and some look for a friend,',
    'but {topic} {is|are} a different thing that has no proper end.',
  ],
  [
    'There is a word for {topic} that I have never found,',
    'it must be short and made of light and have a friendly sound.',
  ],
  [
    'So here is to {topic}, whatever it may be,',
    'a little more for you, my dear, a little less for me.',
  ],
  [
    'The night came in on stockinged feet and turned the lamps down low,',
    'and whispered things of {topic} that only pillows know.',
  ],
];

/** Sentences of a story, in this order. */
export const story: readonly (readonly string[])[] = [
  [
    'Nobody in the valley had thought much about {topic} until the winter the bridge froze over.',
    'It began on an ordinary Tuesday, which is how stories about {topic} tend to begin.',
    'Mira was nine when she first heard of {topic}, from a postman who had lost his way.',
  ],
  [
    'She carried the thought home under her coat, like a bird that might fly off.',
    'Her grandfather only laughed and put another log on the fire.',
    'The neighbours shook their heads, and then, one after another, came to have a look.',
  ],
  [
    'For three days nothing happened, and on the fourth the wind turned.',
    'Then a letter arrived without a stamp, and inside it was a key.',
    'One evening the lights went out, and in the dark everything looked possible.',
  ],
  [
    'What followed was partly luck and partly the kind of courage that looks like stubbornness from outside.',
    'They worked until their hands were cold, telling each other jokes that were not very good.',
    'It took two tries, a borrowed ladder and a dog who would not stop singing.',
  ],
  [
    'When the snow melted there was a small path where no path had been.',
    'Nobody ever explained it, and after a while nobody needed to.',
    'By spring it was part of the place, and people gave directions by it.',
  ],
  [
    'And that is why, to this day, the lamp above the bridge is never put out.',
    'Mira still has the key, and still does not know what it opens, and likes it that way.',
    'If you go there, ask for the postman; he knows the rest.',
  ],
];

export const greetings: readonly string[] = [
  'Hello! It is good to hear from you; what shall we look at today?',
  'Hi there! I have a fresh page and plenty of patience, so where do we begin?',
  'Good to see you! Tell me what is on your mind, and I will do my best to be useful.',
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
  'Give the first attempt away as a present',
  'Choose one colour, one place and one evening',
  'Do the least pleasant part together, with music',
  'Leave room for one surprise',
  'Celebrate the halfway point',
  'Make a checklist of no more than five lines',
  'Try it once without any preparation at all',
  'End with something warm to drink',
  'Tell the story backwards and see what is missing',
];

/** Beginnings of what somebody in a role says, before the rest of a sentence. */
export const roleLeads: readonly string[] = [
  'Speaking as a {role}, I would say this: ',
  'Any {role} will tell you the same: ',
  'From where a {role} stands it looks like this: ',
  'I may be only a {role}, but I know one thing: ',
  'After all these years as a {role} I am sure of one thing: ',
];

/** What somebody in a role says about themselves. */
export const introductions: readonly string[] = [
  'People call me a {role}, though on good days I call it a calling.',
  'I have been a {role} for as long as I can remember, and I remember remarkably little of it.',
  'If you ever need a {role}, I am the one with the odd hat and the good snacks.',
  'My days begin early, my stories end late, and in between I try to be of use.',
  'I am better with my hands than with words, which is why I keep this short.',
  'Ask me anything, and if I do not know the answer I will at least make it a good one.',
];

/** What is added to a text that was to be improved or continued. */
export const afterthoughts: readonly string[] = [
  'And just when it seems to be over, a small door opens where nobody had looked.',
  'It is the quiet detail at the end that stays with you.',
  'Read slowly, it says a little more than it seems to.',
  'Somewhere in the background, a kettle agrees.',
];

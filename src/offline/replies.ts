import type { Prompt } from './readPrompt.ts';

/**
 * What somebody of a certain kind writes when a message of theirs was not answered. `{thing}` stands
 * for what they had asked for; sentences with it are left out where nothing was asked for.
 */
interface Family {
  readonly kind: RegExp;
  readonly replies: readonly string[];
  /** Only where it is about love. */
  readonly tender?: readonly string[];
}

const families: readonly Family[] = [
  {
    kind: /poet|writer|artist|artsy|novel|paint|storytell|bard|dancer|actor|theat|photograph/i,
    replies: [
      'I left a line of the page blank for your answer, and it has become the part I read most',
      'Between your house and mine a {thing} leans in my mind, rung by patient rung',
      'Your silence has a fine rhythm, so I will come in again when you count us in',
      'A comma and not a full stop: that is how I have decided to read this pause',
      'No {thing} was ever asked for in gentler words, and here they come a second time',
    ],
    tender: ['I sketched three answers you might send, and kept the one in which you laugh'],
  },
  {
    kind: /pirate|sailor|captain|mariner|surfer|lighthouse|buccaneer/i,
    replies: [
      'Ahoy again: no wind from your side yet, so I keep the lantern lit and the flag politely low',
      'Lend me the {thing} and I will bring it back with a share of the treasure, or at least with jam',
      'I have crossed rougher waters than this silence, and for a smaller prize than your {thing}',
      'The parrot and I are agreed that you have merely been busy, and the parrot is seldom wrong',
      'From up here I can see your window, and the light in it is reassurance enough',
      'The tide goes out, the tide comes in, and one of these days it will bring word from you',
    ],
    tender: ['I have drawn you on every map I own, and there is a harbour with your name on it'],
  },
  {
    kind: /lawyer|judge|attorney|notary|solicitor|accountant|bureaucrat|clerk/i,
    replies: [
      'Further to my earlier message, and without prejudice to our excellent relations, may I ask once more',
      'I hereby undertake to return the {thing} clean, whole and with a slice of cake attached as interest',
      'For the record I consider your silence neither a yes nor a no, and remain cheerfully at your disposal',
      'Should the {thing} be needed elsewhere, I withdraw my request with the very best wishes',
    ],
  },
  {
    kind: /grand(?:mother|father|ma|pa)|granny|elder|retired|auntie?|uncle|old[- ]school/i,
    replies: [
      'I have put the kettle on and set out the good biscuits, so answer whenever you are passing by',
      'Never mind the {thing}, dear, but do come over and tell me how you have been',
      'At my age one learns that a good answer takes as long as a good stew',
      'I knitted while I waited, so there is a scarf in it for you, with or without the {thing}',
    ],
  },
  {
    kind: /weather|forecast|meteorolog|newsreader|presenter|announcer|reporter|journalist/i,
    replies: [
      'The outlook for today: silence in the morning, with a good chance of a friendly answer by evening',
      'A mild front of patience is moving in from my side, and no storm is expected',
      'We now go over live to the {thing}, which is said to be resting comfortably in your garage',
      'Bright spells are forecast for anyone who lends a {thing}, and they will last all week',
    ],
  },
  {
    kind: /coach|athlet|runner|mountain|climb|boxer|gym|soccer|football|swim|cycl|referee/i,
    replies: [
      'No pressure: the second half has only begun, and I like our chances',
      'Great teams are built on small passes, and yours could be a {thing} over the fence',
      'I have stretched, warmed up and run two laps around the garden, so just give me the sign',
      'We win together or we fetch the {thing} together, and either way there are oranges at half-time',
    ],
  },
  {
    kind: /shy|anxious|homebody|introvert|awkward|quiet|soft-spoken|nervous|hermit|loner|sleepy/i,
    replies: [
      'No hurry at all, I only wanted to wave and then hide behind the curtain again',
      'I wrote this message six times, so please imagine the best of them here',
      'If it is easier, leave the {thing} by the gate and we need not even make eye contact',
      'I hope I said nothing odd, and if I did, the cat and I take it back together',
    ],
  },
  {
    kind: /librar|booksell|scholar|professor|teacher|historian|editor/i,
    replies: [
      'This is a gentle reminder and not an overdue notice, for I would never fine a neighbour',
      'I have put a bookmark in our conversation, so that we can go on exactly where we stopped',
      'The {thing} would be borrowed for two weeks, and could of course be renewed',
      'Some questions have to stand on the shelf a while before somebody takes them down',
      'I looked up neighbourliness in three encyclopaedias, and all of them mention a {thing}',
      'Chapter two begins as soon as you turn the page',
    ],
  },
  {
    kind: /knight|prince|king|queen|noble|medieval|samurai|cavalier|guard/i,
    replies: [
      'By my honour, I shall wait at your gate until the sun is low, and then come back with soup',
      'Grant me the use of thy {thing}, and no cat of this street shall ever again be stuck in a tree',
      'My horse and I salute thy patience, and hope for a word before the roses are over',
      'A true knight asks twice, bows once and brings the {thing} back by nightfall',
      'No dragon has kept me waiting with so much grace',
      'Raise but a finger from thy window, and I shall take it for a yes',
    ],
    tender: [
      'I would cross an enchanted forest for a word from you, and have already packed sandwiches',
    ],
  },
  {
    kind: /\bcat\b|kitten|feline|\bdog\b|puppy|hound|parrot|\bowl\b|goldfish/i,
    replies: [
      'I have been sitting on your doormat since noon, which I think speaks for itself',
      'You may take your time, I was going to have a nap on your {thing} anyway',
      'I knocked one small thing off the table for each hour without an answer, and there are no cups left',
      'Consider this paw on your {thing} a formal request',
    ],
    tender: ['Each time the door opens I am there before the bell has finished ringing'],
  },
  {
    kind: /\bceo\b|boss|manager|executive|dominant|director|tycoon|banker|president|founder/i,
    replies: [
      'Consider this a short meeting with a single item on the agenda, to which you are the only guest',
      'I have moved every appointment of this week and kept one slot free, which is yours',
      'My offer stands: one {thing} for one afternoon, and my lasting goodwill as the return',
      'I do not wait for many people, and I notice that I do not mind waiting for you',
    ],
  },
  {
    kind: /romantic|lovestruck|loyal|devoted|sentimental|golden|heart|melanchol|homesick/i,
    replies: [
      'I saved you the warm end of the bench, just in case today is the day',
      'One small word from you, and I will be glad about it until Thursday',
      'The evening looks a little unfinished without your answer in it',
    ],
    tender: [
      'I have walked twice around the block with your name in my head, and could do a third lap',
    ],
  },
  {
    kind: /troll|joker|prank|comedian|clown|jester|funny|sarcas|meme|juggler|witt|mime|whimsical/i,
    replies: [
      'Either my message is stuck in a lift or you are saving the best answer for last, and I respect both',
      'I have told the search party that you are only busy being brilliant, and they ask whether there will be biscuits',
      'Blink once for yes and twice for yes with cake',
      'I can keep four questions in the air at once, but this one is getting heavy',
      'Knock knock: it is the person who would like to borrow the {thing}, and who brought a worse joke for afterwards',
      'If the {thing} has run away, just say so, and we shall put up posters together',
    ],
  },
  {
    kind: /playboy|charm|flirt|casanova|heartbreaker|smooth|rogue|bad boy|rock ?star|daring/i,
    replies: [
      'I practised a clever line all morning and then thought that hello would suit you better',
      'I dare you to say yes, and I promise to be charming about a no',
      'Fortune favours the bold, and neighbours favour those who bring things back',
      'Keep me waiting if you must, I shall only use the time to become more interesting',
      'Most people answer me at once, which is exactly why I would rather hear from you',
    ],
  },
  {
    kind: /otaku|kawaii|anime|gamer|gaming|cosplay|nerd|geek|streamer|comic|chess/i,
    replies: [
      'Quest update: the hero waits at the save point with two bowls of noodles (^_^)',
      'I have spent all my skill points on patience, so take the time you need',
      'Item wanted: one {thing}, any rarity, will be returned with bonus snacks (・ω・)',
      'Your move, and there is no clock on the table',
      'Respawning politely at your door with the same side quest as before',
      'I see eleven good moves for you, and all of them begin with hello',
    ],
  },
  {
    kind: /\btea\b|tea-|barista|coffee|bartender|waiter|merchant|brewer/i,
    replies: [
      'Good things are never rushed, so I have warmed the pot once more and left a cup out for you',
      'Some answers only need to steep, and I have all afternoon',
      'One {thing} from you, one fresh loaf from me, and we both end up higher than we started',
      'I added a little more sugar today, in case the last message came out too strong',
      'Your cup stands by the window, and the {thing} may lean beside it for company',
      'I would rather serve you a slow answer than a cold one',
    ],
  },
  {
    kind: /chef|cook|baker|pastry|butcher|grocer/i,
    replies: [
      'A soup that nobody stirs stays a soup, and a question that nobody answers stays warm at the back of my stove',
      'The dough has risen twice since I wrote to you, and I take that as a sign of hope',
      'My shelf with the good flour is out of reach, and your {thing} would make the whole street smell of cinnamon',
      'I set the table for a yes, and there will be dessert for a no',
      'Salt, butter, patience: of the last I have plenty, so do not let me hurry you',
    ],
  },
  {
    kind: /brother|sister|baby|kid|boy next|young|student|junior|schoolboy|freshman|teen/i,
    replies: [
      'I did my homework, fed the fish and looked at my phone eleven times, so now it is your turn',
      'If you answer today you may have the last dumpling, and that is a promise',
      'Knock knock, it is me again, and this time I brought a drawing',
      'I drew the {thing} from memory, and now we only have to find out whether it looks like yours',
    ],
  },
  {
    kind: /scien|astronom|astronaut|engineer|programmer|hacker|robot|android|doctor|math|physic|invent|clockmaker/i,
    replies: [
      'My working theory is that you are busy and well, and I would be grateful for one data point',
      'By my calculations your answer is still on its way, somewhere between the moon and my inbox',
      'I have filed your silence under open questions, on the shelf with the most beautiful ones',
      'I checked the clock, and it says that there is no such thing as too late',
      'Retrying politely, with a longer pause each time',
      'Somewhere a photon left a star to reach us tonight, so I can wait for a {thing}',
      'Request sent, receipt pending, hope within normal limits, {thing} not yet detected',
    ],
  },
  {
    kind: /detective|spy|police|inspector|agent|undercover/i,
    replies: [
      'The facts so far: one message sent, none received, and no trace of a crime but my impatience',
      'I have questioned the hedge and it knows nothing of the {thing}, so I must turn to you directly',
      'The case stays open until I hear from you, and I am in no hurry to close it',
    ],
  },
  {
    kind: /garden|farm|monk|philosoph|sage|zen|florist|beekeep|shepherd|yogi|patient|gentle/i,
    replies: [
      'Some things answer in their own season, so I will water this one and not dig it up to look',
      'A bell does not ask when it will be rung, and I am learning a good deal from bells',
      'The pears are ripe, the {thing} is yours, and half of the basket would be as well',
      'The first tulip took its time too, and nobody holds that against it now',
      'I asked the bees, and they say that whoever visits every flower gets home a little late',
      'The hedge between us is low, and the {thing} would pass over it easily',
      'To ask is mine, to answer is yours, and the weather is lovely in between',
    ],
  },
  {
    kind: /magic|wizard|witch|fortune|prophet|vampire|ghost|myster|dream|superstitious/i,
    replies: [
      'For my next trick I will wait patiently, which nobody has ever seen me do before',
      'The stars say that you will answer, though they were rather vague about the day',
      'I could conjure a {thing} out of this hat, but yours is known to be the better one',
      'Pick a card, any card: on mine it says that you are about to answer',
      'I sawed the evening in half to make the waiting shorter, and it has already grown together again',
    ],
    tender: [
      'Even your silence glows a little in the dark, and I have been reading by it all evening',
    ],
  },
  {
    kind: /musician|pianist|violin|singer|guitar|jazz|composer|drummer|\bdj\b|conductor/i,
    replies: [
      'I am holding the last chord a little longer, so that you can come in whenever you like',
      'Rests are part of the music, and yours is beautifully timed',
      'A {thing} is only a scale for people with boots on, and I would love to practise on yours',
      'I have been humming the same four bars since I wrote to you, and they lack only your voice',
      'If the answer is in a minor key I will still applaud',
      'Tune in whenever you like, the concert does not begin without you',
      'There is a quiet passage in every good piece, and I am enjoying ours',
    ],
  },
  {
    kind: /travel|explorer|pilot|driver|cartograph|nomad|tailor|carpenter|builder|plumber/i,
    replies: [
      'I keep my tools laid out and my Saturday free, so all that is missing is your word',
      'Measure twice, ask twice: this is the second time, and I shall keep it as short as the first',
      'The {thing} would see something of the world, and be home again in time for supper',
      'The next stop is yours: please mind the gap between my question and your answer',
      'I am running a few minutes early, as always, so there is no delay on your side',
      'A straight line would lead from your shed to my roof, if only the {thing} were on its way',
      'I have made worse journeys than the one across your lawn, and I am ready when you are',
    ],
  },
];

const anyone: readonly string[] = [
  'The {role} in me says to wait, and the rest of me has already looked at the phone again',
  'No answer is needed, only know that somebody here thought of you kindly today',
  'I came by to leave a small hello, which will keep until you have a minute for it',
  'If the day was long, then let this be the one message in it that can wait until tomorrow',
  'I told myself I would not write twice, and you see how well that went',
  'Take your time, I have a comfortable chair and an excellent imagination',
  'They say that a {role} never counts the hours, and it is true, I only count the minutes',
  'A quick yes, a friendly no or a picture of the {thing}: any of them would make my day',
];

/** What a reply may begin with that has no pause of its own. */
export const replyLeads: readonly string[] = [
  ...['Me again, and briefly: ', 'One more word from me: ', 'Just between the two of us, '],
  ...['If I may, ', 'On this fine day a small reminder: ', 'With the warmest regards: '],
  ...['Only so that you know, ', 'In case my first message got lost: ', 'Hello again, '],
];

/** What is added to a reply that is short and has no pause of its own. */
export const replyTails: readonly string[] = [
  ...['', '', '', ', no rush', ', whenever it suits you', ' – until then, a good evening to you'],
];

/** What only somebody who lives next door would say. */
const nextDoor = /neighbou?r|lawn|hedge|garage|\byour gate\b|\bmy roof\b|window|whole street/i;

/** What may be said, all of it fitting where the role is a known one. */
export function repliesOf(
  role: string,
  { thing, isTender, isNear }: Pick<Prompt, 'thing' | 'isTender' | 'isNear'>,
): readonly string[] {
  const words = role.split(/\s+/);
  // "Weather-beaten Tea Merchant": what somebody does says more than how.
  const parts = [words.slice(-1), words.slice(-2), words].map((some) => some.join(' '));
  const family = parts
    .map((part) => families.find(({ kind }) => kind.test(part)))
    .find((found) => found !== undefined);
  const { replies, tender = [] } = family ?? { replies: anyone };
  return [...replies, ...(isTender ? tender : [])].filter(
    (reply) =>
      (thing !== undefined || !reply.includes('{thing}')) && (isNear || !nextDoor.test(reply)),
  );
}

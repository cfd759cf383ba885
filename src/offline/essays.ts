/** What a topic is asked about. */
export type Aspect = 'what' | 'taste' | 'making' | 'history' | 'why' | 'how' | 'any';

/** What kind of thing a topic is. */
export type Domain = 'coast' | 'food' | 'place' | 'technology' | 'nature' | 'any';

/**
 * Sentences about a topic. `{topic}` stands for it, `{Topic}` at the beginning of a sentence, and
 * `{is|are}` for what its number demands.
 */
interface Essay {
  readonly openers: { readonly [A in Aspect]?: readonly string[] };
  readonly bodies: { readonly [A in Aspect]?: readonly string[] };
  readonly closers: readonly string[];
}

const domainWords: readonly (readonly [Domain, RegExp])[] = [
  [
    'coast',
    /\b(?:lighthouses?|(?:lighthouse )?keepers?|harbou?rs?|ships?|boats?|sail\w*|coast\w*|shores?|beacons?|foghorns?)\b/i,
  ],
  [
    'food',
    /\b(?:tofu|dish|soup|stew|noodles?|rice|bread|cakes?|pies?|cheese|sauce|recipes?|cuisine|delicious|dumplings?|salad|curry|chocolate|dessert|tea|coffee|wine|fish|sushi|ramen|pasta|pizza|eggs?|pancakes?|sandwich(?:es)?|cook(?:ing)?|bak(?:e|ing)|ingredients?|flavou?r|spices?|breakfast|lunch|dinner|food|meal|ice cream|honey|omelette|porridge|kimchi|paella|goulash|hummus)\b/i,
  ],
  [
    'technology',
    /\b(?:software|computers?|comput(?:e|ing)|program(?:s|ming|mer)?|code|coding|AI|artificial intelligence|models?|networks?|algorithms?|graphs?|agents?|parallel\w*|concurren\w+|threads?|databases?|internet|robots?|machines?|engines?|chips?|data|typescript|javascript|python|api|cloud|encryption|rockets?|batter(?:y|ies)|solar|electric\w*|phones?|map-?reduce|workflows?)\b/i,
  ],
  [
    'nature',
    /\b(?:animals?|birds?|cats?|dogs?|whales?|octopus(?:es)?|bees?|insects?|trees?|forests?|flowers?|plants?|oceans?|seas?|rivers?|mountains?|volcano(?:es)?|weather|rain|snow|stars?|moon|sun|planets?|galax(?:y|ies)|climate|butterfl(?:y|ies)|wolves|wolf|otters?|penguins?|elephants?|moss|mushrooms?|tides?|sky)\b/i,
  ],
  [
    'place',
    /\b(?:city|cities|towns?|villages?|countr(?:y|ies)|islands?|travel\w*|trip|journey|museums?|harbou?rs?|streets?|markets?|paris|london|rome|tokyo|berlin|kyoto|lisbon|new york|beijing|shanghai|venice|istanbul|amsterdam|vienna)\b/i,
  ],
];

export function domainOf(text: string): Domain {
  return domainWords.find(([, words]) => words.test(text))?.[0] ?? 'any';
}

const aspectWords: readonly (readonly [Aspect, RegExp])[] = [
  [
    'making',
    /\b(?:ingredients?|preparation|prepar(?:e|ing)|recipe|cook(?:ing)?|mak(?:e|ing)|made|bak(?:e|ing))\b/i,
  ],
  ['taste', /\b(?:delicious|tast(?:e|es|y|ing)|flavou?rs?|texture|aroma|eat(?:ing)?)\b/i],
  ['history', /\b(?:history|origins?|invented|invention|past|began|tradition\w*)\b/i],
  ['why', /\b(?:why|reasons?|benefits?|advantages?|importance|important|matters?)\b/i],
  ['how', /^how\b|\bhow (?:to|do|does|can|should)\b|\b(?:learn|tips|advice|guide|steps)\b/i],
  [
    'what',
    /\b(?:what (?:is|are)|who (?:is|are|was)|defin\w+|introduc\w+|explain\w*|describ\w+|meaning)\b/i,
  ],
];

export function aspectOf(text: string): Aspect {
  return aspectWords.find(([, words]) => words.test(text))?.[0] ?? 'any';
}

const food: Essay = {
  openers: {
    what: [
      '{Topic} {is|are} one of those dishes that {sounds|sound} stranger than {it is|they are}, and {wins|win} people over within a spoonful.',
      '{Topic} {belongs|belong} to a family of quiet dishes in which two or three good things are left room to speak.',
      'At its simplest, {topic} {is|are} a small bowl of contrasts: something soft, something salty, and a little warmth that ties them together.',
    ],
    taste: [
      'The first taste of {topic} is softer than most people expect, and then the flavour opens slowly, like a window on a mild morning.',
      'What makes {topic} so hard to put down is the way sweetness and salt take turns without ever getting loud.',
      'A spoonful of {topic} begins creamy, turns bright in the middle and ends with a warmth that asks for another.',
    ],
    making: [
      'Making {topic} begins long before the stove is lit, with ingredients that are fresh enough to need very little help.',
      'The list for {topic} is short: one good main ingredient, something mild to carry it, a pinch of salt and a splash of something sour.',
      'There is no secret to {topic} beyond good ingredients, a low flame and the patience to leave both alone.',
    ],
    history: [
      '{Topic} began as plain cooking, in kitchens where nothing was thrown away and every season had its own bowl.',
      'Nobody signed the first recipe for {topic}, which is perhaps why every coast and every family claims it.',
    ],
    any: [
      '{Topic} {has|have} a way of turning an ordinary table into an occasion.',
      'Ask ten cooks about {topic} and you will get eleven opinions, each of them served with pride.',
    ],
  },
  bodies: {
    taste: [
      'The texture does half of the work, smooth at first and then just firm enough to remind you to slow down.',
      'There is a faint note of the sea or the field in it, depending on the cook, and it lingers pleasantly.',
      'Cold, it is clean and delicate; warm, it becomes rounder and almost buttery.',
    ],
    making: [
      'The main ingredient is rinsed gently, set aside to drain and cut only at the very end.',
      'Everything is warmed slowly, never boiled, so that the pieces keep their shape and the broth stays clear.',
      'A few drops of something sour go in last, followed by chopped green herbs.',
      'Ten minutes of rest under a lid bring the flavours together better than any extra spice.',
    ],
    history: [
      'Travellers carried it from harbour to harbour, and each town added what its own gardens had to give.',
      'For a long time it was food for feast days, and some families still keep it that way.',
    ],
    any: [
      'Cooks like to keep the seasoning light, so that the main ingredient stays recognisable.',
      'A little ginger, citrus or spring onion on top lifts it without covering anything up.',
      'It is mostly served in small portions, which suits its richness and makes it look like a present.',
      'Good versions depend on freshness more than on technique, and that is why the market matters as much as the kitchen.',
      'It goes well with plain rice, a crisp vegetable or simply a quiet evening.',
      'Some people add a second texture, toasted seeds perhaps, so that every bite has a small surprise in it.',
      'Served in a plain bowl, it lets colour and scent do the decorating.',
      'Leftovers are rare, and where they exist they make a remarkable breakfast.',
    ],
  },
  closers: [
    'In the end it is a dish about balance, and balance is what people remember.',
    'It proves that a few honest ingredients, treated with care, are luxury enough.',
    'Once tried, it tends to find its way back to the table before the week is over.',
    'Simple as it looks, it leaves the impression that somebody thought of you while cooking.',
  ],
};

const coast: Essay = {
  openers: {
    any: [
      'From the sea, {topic} {is|are} never just a view; somebody out there is steering by it.',
      'Long before anyone drew charts of it, {topic} had already saved its first ship.',
    ],
  },
  bodies: {
    any: [
      'A single flame, set at the right height and behind the right glass, can be seen from twenty miles away.',
      'Rings of prisms in the lens bend stray light back into one level beam, so that almost nothing is wasted on the sky.',
      'The great lens gathers every ray it can, above and below the flame, and sends them all towards the horizon.',
      'The lamp had to be wound, trimmed and polished every few hours of the night, whatever the weather was doing outside.',
      'Keepers took the night in watches, four hours each, and the one who handed over brought the other a hot drink.',
      'Between two windings there was time to read, to mend a net or to write to a sister on the mainland.',
      'By day the tower itself is the sign, and its stripes tell sailors which stretch of coast they have before them.',
      'Red and white stand out against cliffs and black and white against sand, which is why neighbouring towers are painted differently.',
      'After dark the rhythm of the flashes does the same work, two short and a pause, as personal as a signature.',
      'Salt finds its way into everything, so brass was rubbed and windows were washed before breakfast.',
      'Logbooks record the wind, broken panes, passing ships and, now and then, a very good supper.',
      'In thick fog light gave way to sound, and bells or horns took over until the air cleared.',
      'Tons of glass floated so smoothly that a child could set them turning with one finger.',
      'Painters came back every spring, since a striped tower that has faded into the cliff is of no use to anyone.',
      'What looks lonely on a postcard was a household, with children, chickens and a rota on the kitchen wall.',
    ],
  },
  closers: [
    'Ships have better instruments now, and still nobody wants to be the one who switches the light off.',
    'It is a modest invention in the end: a promise, kept every few seconds.',
    'That is a good deal of care for a ship that may never come, and exactly enough for the one that does.',
  ],
};

/** Openers for a topic that is half a sentence: "how a lens gathers light". */
const clauseOpeners: readonly string[] = [
  'Few people ever stop to wonder {topic}, although the answer is close at hand.',
  '{Topic} is a question with a short answer and a long one, and the long one is more fun.',
  'To see {topic}, it helps to come close and to look at one part at a time.',
  'Once you know {topic}, it is hard to look at it in the old way.',
];

const technology: Essay = {
  openers: {
    what: [
      '{Topic} {is|are} easiest to understand as a division of labour: many small parts, each with one job, and clear rules for handing work on.',
      'At heart, {topic} {is|are} a way of turning one large problem into several that can be looked at one by one.',
    ],
    why: [
      '{Topic} {matters|matter} because waiting is expensive, and most systems spend more time waiting than working.',
      'The case for {topic} is rarely speed alone; it is the freedom to change one part without disturbing the rest.',
    ],
    how: [
      'The best way into {topic} is to build the smallest thing that works and to watch closely what it does.',
      'With {topic}, begin at the boundaries: what goes in, what comes out, and who is responsible in between.',
    ],
    history: [
      'The ideas behind {topic} are older than the machines that run them, and were first worked out on paper.',
    ],
    any: [
      '{Topic} {looks|look} complicated from a distance and surprisingly orderly from close up.',
      'Much of what is said about {topic} becomes clear once you follow a single piece of work from beginning to end.',
    ],
  },
  bodies: {
    how: [
      'Write down what you expect before you run it, and treat every difference as news.',
      'Measure first, since the slow part is seldom where intuition puts it.',
    ],
    any: [
      'Independent steps can run side by side, as long as somebody decides how their results are joined.',
      'The interesting failures happen at the seams, where two correct parts disagree about what was promised.',
      'A good design makes the usual case short and the unusual case visible.',
      'Limits help: a fixed number of workers keeps a busy day from becoming a bad one.',
      'State that is written down in one place is easier to trust than state that is remembered in several.',
      'What can be replayed can be understood, which is why traces and small tests pay for themselves.',
      'Names matter more than they should, because people read systems far more often than they write them.',
      'Most of the gain comes from the first simple version, and most of the cost from the last clever one.',
      'When something is slow, it usually waits for something else, and a picture of the flow shows what.',
    ],
  },
  closers: [
    'Seen this way it is less a matter of magic than of good bookkeeping.',
    'The reward is a system that stays calm when its surroundings do not.',
    'Keep it small, keep it visible, and it will keep its promises.',
    'That is also what makes it a pleasure to explain to somebody else.',
  ],
};

const nature: Essay = {
  openers: {
    what: [
      '{Topic} {is|are} a reminder that the most elaborate designs were never drawn by anyone.',
      'To understand {topic}, it helps to stand still for longer than seems reasonable.',
    ],
    why: [
      '{Topic} {matters|matter} because so many other things quietly lean on {it|them}.',
      'The reasons behind {topic} are woven together, and pulling at one thread moves all the others.',
    ],
    any: [
      '{Topic} {has|have} been watched for thousands of years and still {keeps|keep} a few secrets.',
      'There is a particular hour, just after dawn, when {topic} {seems|seem} to belong to nobody and everybody.',
      'Few things reward attention as generously as {topic}.',
    ],
  },
  bodies: {
    any: [
      'Every detail has been tried out over countless seasons, and what remains is what works.',
      'Light, water and time do most of the work, and none of them is ever in a hurry.',
      'What looks like rest is often preparation, and what looks like play is practice.',
      'Small changes in temperature decide a great deal, which makes careful notes more useful than strong opinions.',
      'Neighbours that seem to compete turn out to share more than they take.',
      'Sound carries further than sight here, and much of what happens is heard before it is seen.',
      'Patterns repeat at every scale, from the vein of a leaf to the bend of a coast.',
      'Even a short walk shows how many different answers there are to the same question.',
      'Much of it happens at night, when patience and a dim lamp are worth more than equipment.',
    ],
  },
  closers: [
    'The longer one looks, the less ordinary it becomes.',
    'It asks for little more than to be left in peace and looked at with care.',
    'Perhaps that is the quiet lesson: nothing is wasted, and nothing is rushed.',
  ],
};

const place: Essay = {
  openers: {
    any: [
      'The first thing to know about {topic} is that nobody sees it properly on the first day.',
      '{Topic} {is|are} best met on foot, early, with no plan beyond the next corner.',
      'Everyone who has been there keeps a private map of {topic}, and no two of them agree.',
    ],
    history: [
      'The story of {topic} is written in layers, and most streets have at least three of them in view.',
    ],
  },
  bodies: {
    any: [
      'Mornings belong to bakers, swallows and people with somewhere to be.',
      'Around noon the light turns flat and kind, and the benches in the shade fill up one after the other.',
      'The market is the quickest way to learn what the season has been like.',
      'Turn away from the main street and the noise drops within a few steps.',
      'People give directions by memory rather than by name, past the old cinema and left at the dog.',
      'There is always one café where the chairs do not match and the coffee is better than it needs to be.',
      'In the evening the windows light up in no order at all, and the whole place looks like a calendar in December.',
      'It is worth keeping one afternoon free for whatever was closed on the first two.',
    ],
  },
  closers: [
    'You leave with fewer photographs than you meant to take, and better ones.',
    'It is the kind of place that asks when you are coming back before you have left.',
    'What stays is not a sight but a pace, and it travels home with you.',
  ],
};

const anything: Essay = {
  openers: {
    what: [
      '{Topic} {is|are} easier to recognise than to define, which is usually the sign of something worth looking at.',
      'Put simply, {topic} {is|are} what happens when a good idea meets a stubborn amount of practice.',
    ],
    why: [
      'There are loud reasons for {topic} and quiet ones, and the quiet ones tend to last.',
      '{Topic} {matters|matter} for the same reason that foundations do: everything that stands on top is taken for granted.',
    ],
    how: [
      'The surest way into {topic} is to start smaller than pride would like and to come back tomorrow.',
      'With {topic}, the first step is to decide what would count as good enough for today.',
    ],
    history: [
      '{Topic} did not begin with a single invention but with many people who were dissatisfied in the same way.',
    ],
    any: [
      '{Topic} {repays|repay} a second look, since the obvious part is seldom the important one.',
      'People tend to meet {topic} by accident and stay on purpose.',
      'There is more to {topic} than meets the eye, and most of it is friendly.',
      'Any honest account of {topic} begins with a small confession: it looked simpler from outside.',
    ],
  },
  bodies: {
    how: [
      'Set a time, put the tools within reach and remove one thing that usually gets in the way.',
      'Ask somebody who is one step ahead of you; they still remember what was difficult.',
      'Keep what works, write down what does not, and change only one thing at a time.',
    ],
    why: [
      'It saves time in places where nobody thought of measuring it.',
      'It also makes the rest easier to explain, and what can be explained can be shared.',
    ],
    any: [
      'The details differ from case to case, yet the shape stays much the same.',
      'Beginners notice what is missing; those who have done it for years notice what could be left out.',
      'A small example says more about it than a long definition.',
      'Much depends on timing: too early it feels forced, too late it hardly matters.',
      'It works best with a little room around it, as most good things do.',
      'Two people rarely agree on the finer points, and the disagreement is half of the fun.',
      'What looks like talent is very often a routine that nobody happened to watch.',
      'The costs are visible at once and the benefits arrive later, which explains a good deal of the hesitation.',
      'It helps to talk it through with somebody who has no stake in the matter.',
      'Seen from the end, the important decisions turn out to have been the small ones.',
      'What helps most is company: somebody to laugh with when it goes wrong the first time.',
      'There are tools for it, some of them excellent, and none of them does the looking for you.',
      'Left alone for a week it changes little, and after a year it is hardly the same.',
      'Children grasp it at once, which suggests that the difficulty lies in what comes after childhood.',
      'A good teacher shows it once, steps back and waits.',
      'It has its own calendar, with busy weeks and quiet ones, and both of them have their use.',
      'Rules exist, of course, and the best reason for knowing them is to see where they end.',
      'Nobody gets it right every time, and those who say so are usually selling something.',
    ],
  },
  closers: [
    'None of this is complicated, it only wants to be done with care.',
    'The rest is practice, and practice can be pleasant.',
    'That may not be the last word, but it is a good place to begin.',
    'In short, it is worth the time, and a little more than that.',
  ],
};

const essays: { readonly [D in Domain]: Essay } = {
  coast,
  food,
  technology,
  nature,
  place,
  any: anything,
};

/** Sentences for a topic of this kind; those that fit its aspect apart from those that always do. */
export function essayOn({
  domain,
  aspect,
  isClause,
}: {
  readonly domain: Domain;
  readonly aspect: Aspect;
  readonly isClause: boolean;
}): {
  readonly openers: readonly string[];
  readonly fitting: readonly string[];
  readonly bodies: readonly string[];
  /** For when there are no more of those. */
  readonly others: readonly string[];
  readonly closers: readonly string[];
} {
  const { openers, bodies, closers } = essays[domain];
  return {
    openers: isClause
      ? clauseOpeners
      : (openers[aspect] ?? openers.any ?? anything.openers[aspect] ?? anything.openers.any!),
    fitting: (aspect === 'any' ? undefined : bodies[aspect]) ?? [],
    bodies: bodies.any!,
    others: anything.bodies.any!,
    closers,
  };
}

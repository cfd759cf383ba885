/** Word lists. What stands together is chosen so that any of one list goes with any of another. */

export const temperaments: readonly string[] = [
  ...['Patient', 'Cheerful', 'Retired', 'Absent-minded', 'Poetic', 'Stubborn', 'Gentle', 'Daring'],
  ...['Old-school', 'Night-shift', 'Sleepy', 'Punctual', 'Barefoot', 'Melancholic', 'Curious'],
  ...['Travelling', 'Unflappable', 'Superstitious', 'Generous', 'Soft-spoken', 'Theatrical'],
  ...['Self-taught', 'Homesick', 'Optimistic', 'Weather-beaten', 'Overprepared', 'Whimsical'],
  ...['Quick-witted', 'Philosophical', 'Part-time', 'Undercover', 'Sentimental'],
];

export const occupations: readonly string[] = [
  ...[
    'Gardener',
    'Poet',
    'Sailor',
    'Barista',
    'Astronomer',
    'Philosopher',
    'Magician',
    'Detective',
  ],
  ...['Pianist', 'Baker', 'Mountaineer', 'Librarian', 'Lighthouse Keeper', 'Clockmaker', 'Chef'],
  ...['Cartographer', 'Beekeeper', 'Violinist', 'Pirate', 'Professor', 'Programmer', 'Gamer'],
  ...['Florist', 'Photographer', 'Juggler', 'Tailor', 'Knight', 'Bookseller', 'Weather Presenter'],
  ...[
    'Train Driver',
    'Carpenter',
    'Chess Player',
    'Storyteller',
    'Surfer',
    'Tea Merchant',
    'Robot',
  ],
];

export const firstNames: readonly string[] = [
  ...['Ada', 'Amina', 'Bruno', 'Chen', 'Clara', 'Diego', 'Elif', 'Emil', 'Freya', 'Hana', 'Ines'],
  ...['Jonas', 'Kofi', 'Lena', 'Leo', 'Mara', 'Mateo', 'Mei', 'Milan', 'Nadia', 'Noor', 'Oscar'],
  ...['Priya', 'Rafael', 'Rosa', 'Samir', 'Sofia', 'Tariq', 'Tomas', 'Yara', 'Yuki', 'Zoe'],
];

export const lastNames: readonly string[] = [
  ...['Abara', 'Bauer', 'Castillo', 'Dumont', 'Eriksen', 'Ferrari', 'Haddad', 'Ito', 'Jensen'],
  ...['Kowalski', 'Lindgren', 'Moreau', 'Nakamura', 'Okafor', 'Petrov', 'Quist', 'Rao', 'Santos'],
  ...['Tanaka', 'Varga', 'Weber', 'Yilmaz', 'Zhang'],
];

export const cities: readonly string[] = [
  ...['Lisbon', 'Kyoto', 'Nairobi', 'Montreal', 'Ghent', 'Valparaíso', 'Tallinn', 'Hanoi', 'Porto'],
  ...['Wellington', 'Kraków', 'Oaxaca', 'Bergen', 'Jaipur'],
];

export const countries: readonly string[] = [
  ...['Portugal', 'Japan', 'Kenya', 'Canada', 'Belgium', 'Chile', 'Estonia', 'Vietnam', 'India'],
  ...['New Zealand', 'Poland', 'Mexico', 'Norway'],
];

export const colors: readonly string[] = [
  ...['teal', 'amber', 'indigo', 'coral', 'olive', 'crimson', 'ivory', 'slate', 'plum', 'mint'],
];

/** Single words that could stand on a label of nearly anything. */
export const labels: readonly string[] = [
  ...[
    'craft',
    'balance',
    'patience',
    'texture',
    'tradition',
    'detail',
    'rhythm',
    'contrast',
    'light',
  ],
  ...[
    'season',
    'comfort',
    'curiosity',
    'practice',
    'simplicity',
    'warmth',
    'structure',
    'surprise',
  ],
  ...['memory', 'harmony', 'courage', 'focus', 'clarity'],
];

export const adjectives: readonly string[] = [
  ...['quiet', 'bright', 'gentle', 'curious', 'bold', 'honest', 'simple', 'patient', 'lively'],
  ...['thoughtful', 'steady', 'surprising', 'generous', 'playful', 'careful', 'fresh'],
];

export const categories: readonly string[] = [
  ...['essentials', 'everyday', 'special', 'seasonal', 'classic', 'experimental', 'community'],
];

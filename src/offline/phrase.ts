/** What the gaps of a template are filled with. */
export interface PhraseParts {
  readonly topic: string;
  readonly isPlural: boolean;
  readonly role: string;
}

/**
 * Fills a template: `{topic}` and `{Topic}` (with a capital letter), `{role}`, and `{one|many}`, of which
 * the first is taken for a topic in the singular.
 */
export function phrase(template: string, { topic, isPlural, role }: PhraseParts): string {
  return template.replace(/\{([^{}]*)\}/g, (_, gap: string) => {
    if (gap === 'topic') return topic;
    if (gap === 'Topic') return capital(topic);
    if (gap === 'role') return role;
    const [one = '', many = one] = gap.split('|');
    return isPlural ? many : one;
  });
}

/** With a capital letter at the beginning. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "a short walk" → "A Short Walk". */
export function titleCase(text: string): string {
  const small = /^(?:a|an|the|of|for|to|and|or|with|in|on|by|at|from)$/i;
  return text
    .split(/\s+/)
    .map((word, i) => (i > 0 && small.test(word) ? word.toLowerCase() : capital(word)))
    .join(' ');
}

/** The sentences of a text, each with its sign at the end. */
export function sentencesOf(text: string): string[] {
  return (text.match(/[^.!?]+(?:[.!?]+["'”’)]*|$)/g) ?? [])
    .map((one) => one.trim())
    .filter(Boolean);
}

/** Words are what stands between spaces. */
export function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

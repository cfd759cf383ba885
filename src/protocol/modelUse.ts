/** What requests to models took: those of one task, of one node, or of a whole run. */
export interface ModelUse {
  /** Requests to models, whether they led to an answer or not. */
  readonly calls: number;
  /** How many of them came to nothing. */
  readonly failed: number;
  /** How often one was sent again after a failure. */
  readonly retries: number;
  /** Answers from a cache, for which no request was sent; they count no tokens. */
  readonly cached: number;
  /** Tokens of requests and of answers, as the providers counted them. */
  readonly tokensIn: number;
  readonly tokensOut: number;
  /** Answers whose tokens the provider did not count. */
  readonly uncounted: number;
  /** Names of the models that were asked for; of many the first. */
  readonly models: readonly string[];
  /** Who answered in place of the models' providers. */
  readonly sources: readonly ('offline' | 'editor' | 'recording')[];
}

/** What was used, for a person, in short parts: `gpt-4o`, `3 calls`, `312→45 tokens`, `offline`. */
export function describeUse(use: ModelUse): string[] {
  const { calls, failed, retries, cached, models, sources } = use;
  return [
    models.join(', '),
    calls > 1 ? `${count(calls)} calls` : '',
    formatTokens(use),
    retries > 0 ? (retries === 1 ? '1 retry' : `${count(retries)} retries`) : '',
    failed > 0 && calls > 1 ? `${count(failed)} failed` : '',
    cached === 0 ? '' : cached === calls ? 'cached' : `${count(cached)} cached`,
    ...sources,
  ].filter((part) => part !== '');
}

/** `312→45 tokens`; nothing if none were counted, and `≥` before what is only a part. */
function formatTokens({ tokensIn, tokensOut, uncounted }: ModelUse): string {
  if (tokensIn + tokensOut === 0) return '';
  return `${uncounted > 0 ? '≥' : ''}${count(tokensIn)}→${count(tokensOut)} tokens`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

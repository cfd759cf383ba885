import { setTimeout as sleep } from 'node:timers/promises';
import { createChatHandler, type AnswerPart } from '../chatServer/chatHandler.ts';
import type { ChatRequest } from '../chatServer/chatRequest.ts';
import { composeAnswer } from './composeAnswer.ts';
import { FaultInjector, RateLimiter, type RateLimit } from './faults.ts';
import { Random } from './random.ts';
import { countInput, countTokens, toTokens } from './tokens.ts';

/** How the offline model behaves; without options it answers at once and never fails. */
export interface OfflineModelOptions {
  /** The same seed gives the same answers. Default 1. */
  readonly seed?: number;
  /** Milliseconds until an answer begins; of a range, each request has its own share. Default 0. */
  readonly latencyMs?: number | readonly [min: number, max: number];
  /** Default: all at once. */
  readonly tokensPerSecond?: number;
  /** Share of the requests that fail with 500 or 503, 0 to 1. Default 0. */
  readonly errorRate?: number;
  /** Default: none. */
  readonly rateLimit?: RateLimit;
  /** Default: the clock of the process. Tests pass one that they move on themselves. */
  readonly clock?: ModelClock;
}

/** Where the offline model takes its time from, in milliseconds. */
export interface ModelClock {
  now(): number;
  /** Rejects as soon as the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<unknown>;
}

const systemClock: ModelClock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
};

/** The model's name in lists of models; requests may ask for any other. */
export const offlineModelName = 'superstep-offline';

/**
 * A language model that needs no key, network or account: it makes its answers up from templates and
 * word lists, and speaks the protocol of OpenAI's chat completions as a `fetch` function. What it
 * answers depends on its seed and on the request, and on nothing else.
 *
 * It writes about the topic asked for, at about the length asked for, takes on the role it is given,
 * fills any JSON Schema (of the response format, of a tool, or in the prompt) with values that are
 * valid and plausible, and calls the tools it is given: always where the request demands it, else once,
 * and answers when it has heard their results. It does not know or reason: it is there to let graphs
 * run.
 */
export function createOfflineModel(options: OfflineModelOptions = {}): typeof globalThis.fetch {
  const { seed = 1, errorRate = 0, rateLimit, clock = systemClock } = options;
  const limiter = rateLimit && new RateLimiter(rateLimit, () => clock.now());
  const faults = new FaultInjector(errorRate, String(seed));
  return createChatHandler({
    models: [offlineModelName],
    async *answer(request, signal) {
      limiter?.enter();
      faults.enter(JSON.stringify(request.messages));
      const latencyMs = latencyOf(request, options);
      if (latencyMs > 0) await clock.sleep(latencyMs, signal);
      yield* tell(request, { ...options, seed, clock, signal });
    },
  });
}

function latencyOf(request: ChatRequest, { latencyMs = 0, seed }: OfflineModelOptions): number {
  if (typeof latencyMs === 'number') return latencyMs;
  const [min, max] = latencyMs;
  const random = new Random(`${seed}|latency|${JSON.stringify(request.messages)}`);
  return min + random.next() * (max - min);
}

/** The answer, piece by piece. */
async function* tell(
  request: ChatRequest,
  {
    seed,
    clock,
    signal,
    tokensPerSecond = Infinity,
  }: Required<Pick<OfflineModelOptions, 'seed' | 'clock'>> &
    OfflineModelOptions & { readonly signal: AbortSignal },
): AsyncGenerator<AnswerPart> {
  const { text, toolCalls } = composeAnswer(request, seed);
  const room = { tokens: request.maxTokens ?? Infinity };
  const startedAt = clock.now();
  let told = 0;
  /** So that pieces come at a steady rate, whatever the timers of the system can do. */
  const pace = async (): Promise<void> => {
    signal.throwIfAborted();
    const waitMs = startedAt + told++ * (1000 / tokensPerSecond) - clock.now();
    if (waitMs > 1) await clock.sleep(waitMs, signal);
  };
  const cut = cutAtStop(text, request.stop);
  for (const token of takeTokens(cut, room)) {
    await pace();
    yield { type: 'text', text: token };
  }
  for (const { args, ...call } of toolCalls) {
    if (room.tokens <= 0) break;
    yield { type: 'toolCall', ...call, args: '' };
    for (const token of takeTokens(args, room)) {
      await pace();
      yield { type: 'toolArgs', args: token };
    }
  }
  const answer = text + toolCalls.map(({ name, args }) => name + args).join('');
  const output = Math.min(countTokens(answer), request.maxTokens ?? Infinity);
  const isCut = room.tokens < 0;
  yield {
    type: 'finish',
    reason: isCut ? 'length' : toolCalls.length > 0 ? 'tool_calls' : 'stop',
    usage: { input: countInput(request), output },
  };
}

/** Tokens as long as there is room; a token that finds none leaves the room below zero. */
function* takeTokens(text: string, room: { tokens: number }): Generator<string> {
  for (const token of toTokens(text)) {
    if (--room.tokens < 0) return;
    yield token;
  }
}

function cutAtStop(text: string, stop: readonly string[]): string {
  const ends = stop.map((word) => text.indexOf(word)).filter((at) => at >= 0);
  return text.slice(0, Math.min(text.length, ...ends));
}

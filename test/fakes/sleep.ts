// Stands for node:timers/promises where time should not be waited for: the clock jumps to the next
// sleeper as soon as nothing else is left to do.

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

const sleepers: Sleeper[] = [];
let isJumping = false;

/** Milliseconds slept through since the start. */
export let now = 0;

export function setTimeout<T>(
  ms: number,
  value?: T,
  { signal }: { signal?: AbortSignal } = {},
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const sleeper = { due: now + ms, wake: () => resolve(value) };
    sleepers.push(sleeper);
    signal?.addEventListener('abort', () => {
      sleepers.splice(sleepers.indexOf(sleeper), 1);
      reject(new DOMException('The operation was aborted', 'AbortError'));
    });
    void jump();
  });
}

async function jump(): Promise<void> {
  if (isJumping) return;
  isJumping = true;
  while (sleepers.length > 0) {
    // Time enough for everything that is ready.
    for (let i = 0; i < 20; i++) await new Promise(setImmediate);
    sleepers.sort((a, b) => a.due - b.due);
    const next = sleepers.shift();
    if (next === undefined) break;
    now = next.due;
    next.wake();
  }
  isJumping = false;
}

/**
 * Runs a step of some work and tells of it on stderr: nothing if it takes less than 2 s, else one
 * line when those are over and one with the duration at its end.
 */
export async function progress<T>(label: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  let told = false;
  const timer = setTimeout(() => {
    told = true;
    console.error(`${label} …`);
  }, 2000);
  try {
    const result = await work();
    if (told) console.error(`${label}: ${seconds(performance.now() - start)}`);
    return result;
  } finally {
    clearTimeout(timer);
  }
}

/** Milliseconds as a text like `12.3 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

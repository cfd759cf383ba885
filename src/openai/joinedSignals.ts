/** One signal for both. What listens to them must not outlive the call. */
export function joinedSignals(a: AbortSignal | undefined, b: AbortSignal | undefined) {
  if (a === undefined || b === undefined || a === b) return { signal: a ?? b, release: () => {} };
  const controller = new AbortController();
  const onAbort = () => controller.abort((a.aborted ? a : b).reason);
  for (const each of [a, b]) {
    each.addEventListener('abort', onAbort, { once: true });
    if (each.aborted) onAbort();
  }
  const release = () => [a, b].forEach((each) => each.removeEventListener('abort', onAbort));
  return { signal: controller.signal, release };
}

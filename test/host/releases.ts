/**
 * What must be released when this process ends, whatever ends it: servers, browsers, temporary
 * folders. The functions are synchronous, since nothing else is run on `exit`.
 */
const releases = new Set<() => void>();

/** Registers a release and returns the function that runs it now, once. */
export function onProcessEnd(release: () => void): () => void {
  if (releases.size === 0) listen();
  releases.add(release);
  return () => {
    if (releases.delete(release)) release();
  };
}

function releaseAll(): void {
  for (const release of [...releases].reverse()) {
    releases.delete(release);
    release();
  }
}

let listening = false;

function listen(): void {
  if (listening) return;
  listening = true;
  process.on('exit', releaseAll);
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.on(signal, () => process.exit(code));
  }
}

import { CancellationTokenSource, type CancellationToken, type Disposable } from 'vscode';

/** The editor's form of a signal. To be disposed when what it was for is over. */
export function toToken(signal: AbortSignal): Disposable & { readonly token: CancellationToken } {
  const source = new CancellationTokenSource();
  const cancel = () => source.cancel();
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  return {
    token: source.token,
    dispose: () => {
      signal.removeEventListener('abort', cancel);
      source.dispose();
    },
  };
}

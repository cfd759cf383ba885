/** TODO */
export function proxyFetch(_url: string): typeof globalThis.fetch | undefined {
  return undefined;
}

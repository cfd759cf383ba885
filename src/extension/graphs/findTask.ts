/**
 * Where the text defines a functional task, as an offset; `undefined` if it does not, or by another
 * name than a literal one. Tasks are in no graph's text: they are called, and known by their names.
 * @param nodeId Names of the callers and of the task, joined by `:`.
 */
export function findTask(text: string, nodeId: string): number | undefined {
  // Names may hold colons themselves: the longest that fits is meant.
  for (let at = nodeId.indexOf(':'); at !== -1; at = nodeId.indexOf(':', at + 1)) {
    const name = nodeId.slice(at + 1).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const found = new RegExp(`\\btask\\(\\s*(?:\\{[^{}]*?\\bname:\\s*)?(['"\`])${name}\\1`).exec(
      text,
    );
    if (found) return found.index;
  }
  return undefined;
}

/** Adds an item to a list whose least item is its first. */
export function put<T>(heap: T[], item: T, compare: (a: T, b: T) => number): void {
  let at = heap.push(item) - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (compare(heap[above]!, item) <= 0) break;
    heap[at] = heap[above]!;
    at = above;
  }
  heap[at] = item;
}

/** Takes the least item. */
export function pop<T>(heap: T[], compare: (a: T, b: T) => number): T | undefined {
  const first = heap[0];
  const item = heap.pop();
  if (item === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= heap.length) break;
    if (below + 1 < heap.length && compare(heap[below + 1]!, heap[below]!) < 0) below++;
    if (compare(heap[below]!, item) >= 0) break;
    heap[at] = heap[below]!;
    at = below;
  }
  heap[at] = item;
  return first;
}

/** Where every run begins: `addEdge(START, "first")`. */
export const START = '__start__';

/** Where a branch ends: `addEdge("last", END)`. Needed for drawing only; a branch also ends by itself. */
export const END = '__end__';

export type Start = typeof START;
export type End = typeof END;

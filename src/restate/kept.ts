import type { Advanced, StoredGraph, TaskReply } from '../engine/model/remote.ts';

/** What the server keeps at most of one step or task, in bytes; it takes no messages over 32 MB. */
export const MAX_BYTES = 31 * 1024 * 1024;

/** A value with the text that is kept of it, which is made once. */
export interface Kept<T> {
  readonly value: T;
  readonly text: string;
}

/**
 * The text of what is to be kept.
 * @throws {Error} Made by `refuse` of a text where it is too large: it says what is large in it.
 */
export function keep<T>(
  value: T,
  largest: (value: T) => readonly Part[],
  refuse: (message: string) => Error,
): Kept<T> {
  const text = JSON.stringify(value);
  // A character is at most three bytes: most need not be counted.
  if (text.length * 3 > MAX_BYTES && Buffer.byteLength(text) > MAX_BYTES) {
    const [part] = [...largest(value)].sort((a, b) => b.size - a.size);
    const of = part ? `${part.what} has ${megabytes(part.size)} MB` : `it has`;
    throw refuse(
      `The server takes ${megabytes(MAX_BYTES)} MB at once, and there are ${megabytes(Buffer.byteLength(text))}: ` +
        `${of}; keep what is large elsewhere, and its address in the state`,
    );
  }
  return { value, text };
}

/** A part of what is kept. */
export interface Part {
  readonly what: string;
  readonly size: number;
}

/** What a step has in it. */
export function partsOfStep(at: Advanced): Part[] {
  const parts = Object.values(at.stored.graphs).flatMap(partsOfState);
  const tasks = at.status === 'tasks' ? at.tasks : [];
  return [
    ...parts,
    ...tasks.map(({ node, work }) => ({ what: `the input of node "${node}"`, size: work.length })),
  ];
}

function partsOfState({ values }: StoredGraph): Part[] {
  return Object.entries(values).map(([key, text]) => {
    return { what: `key "${key}" of the state`, size: text.length };
  });
}

/** What a reply has in it. */
export function partsOfReply(node: string, { result = '', inside }: TaskReply): Part[] {
  return [
    ...Object.values(inside).flatMap(partsOfState),
    { what: `what node "${node}" returns`, size: result.length },
  ];
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}

/** How what is kept goes to the server and comes back. */
export const keptSerde = {
  contentType: 'application/json',
  serialize: ({ text }: Kept<unknown>): Uint8Array => Buffer.from(text),
  deserialize: (bytes: Uint8Array): Kept<unknown> => {
    const text = Buffer.from(bytes).toString();
    return { text, value: JSON.parse(text) as unknown };
  },
};

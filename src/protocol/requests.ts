/**
 * Messages of requests over a port that also carries others: one side asks, the other answers in parts,
 * as many as it likes. What the messages carry is named by type parameters.
 */
export type AskingMessage<Request> =
  /** `id` is unique on its side of the port. */
  | { readonly type: 'ask'; readonly id: number; readonly request: Request }
  /** Nobody waits for the answer any more. */
  | { readonly type: 'giveUp'; readonly id: number };

export type AnsweringMessage<Part, Failure> =
  | { readonly type: 'part'; readonly id: number; readonly part: Part }
  /** No more parts will come; with an error if the answer has failed. */
  | { readonly type: 'answered'; readonly id: number; readonly error?: Failure };

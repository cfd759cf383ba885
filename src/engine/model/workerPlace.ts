/** Where worker threads find a function: they load the code that defines it, and count as this thread did. */
export interface WorkerPlace {
  /** The function's name among all that the code defines. */
  readonly key: string;
  /** URL of the module that defines it; `undefined` if nobody has said it. */
  readonly module: string | undefined;
}

import type { RunOptions } from '../runner.ts';

/** How the graphs of some files are served to a Restate server. */
export interface ServeOptions extends Pick<RunOptions, 'env' | 'models' | 'onHints'> {
  /** Absolute paths of graph files. */
  readonly files: readonly string[];
  /** Where the server takes calls: events are sent there. */
  readonly ingress: string;
  /** Where the worker listens; port 0 takes any that is free. */
  readonly port: number;
  readonly host: string;
  /** Other workers of this machine may listen at the same port. */
  readonly reusePort: boolean;
  /** Public keys of servers: calls that none of them has signed are refused. Empty: all are taken. */
  readonly identityKeys: readonly string[];
  /** Ends the worker. */
  readonly signal: AbortSignal;
  /** Called once, when it listens. */
  readonly onListening: (worker: ServedWorker) => void;
  /** Called with each line that graphs write to the console, without its line end. */
  readonly onConsole: (text: string) => void;
}

/** A worker that listens. */
export interface ServedWorker {
  /** What is registered with the server. */
  readonly url: string;
  readonly graphs: readonly { readonly name: string; readonly code: string }[];
}

/** Serves graphs; another face of a runner. */
export interface GraphServer {
  /**
   * Makes a thread of this process a worker of a Restate server.
   * @returns When it has ended by the signal.
   * @throws {LoadError} if a file cannot be loaded, if two files would have graphs of one name, or if the worker
   * cannot listen, or has come to an end.
   */
  serve(options: ServeOptions): Promise<void>;
}

/**
 * When the code of a run begins: `atOnce`; `attached`: when a debugger has attached; `stopped`: then too,
 * and the debugger stops at the first line of the file.
 */
export type DebugStart = 'atOnce' | 'attached' | 'stopped';

/** How a run is debugged: in a process of its own, which any debugger of Node can attach to. */
export interface DebugOptions {
  readonly start: DebugStart;
  /** Id of a node, such as `review:judge` for one of a subgraph: the debugger stops at its first line. */
  readonly stopAt?: string | undefined;
  /** A program that is Node, and what it needs in its environment. Default: that of this process. */
  readonly runtime?: { readonly path: string; readonly env?: Readonly<Record<string, string>> };
  /** Where a debugger attaches, on 127.0.0.1. Default: any port that is free. */
  readonly port?: number;
  /** Called once, with the address of the inspector. */
  readonly onListening: (url: string) => void;
}

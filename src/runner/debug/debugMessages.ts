import type { RunEvent } from '../../engine/model/events.ts';
import type { SentEvent } from '../../protocol/workerMessages.ts';
import type { FromThread, ShippedUrls, ToThread } from '../workerThread.ts';
import type { DebugStart } from './debugOptions.ts';

/** The first message to the process of a run; those that follow are as for a thread. */
export interface DebugSetup {
  readonly type: 'setup';
  readonly shipped: ShippedUrls;
  /** Of the inspector, on 127.0.0.1; 0: any that is free. */
  readonly port: number;
  readonly start: DebugStart;
  /** The node at whose first line the debugger stops. */
  readonly stopAt: string | undefined;
}

export type ToDebugProcess = DebugSetup | ToThread;

export type FromDebugProcess =
  | FromThread
  | { readonly type: 'event'; readonly sent: SentEvent<RunEvent> }
  /** The inspector listens; without an address, it cannot. */
  | { readonly type: 'listening'; readonly url: string | undefined };

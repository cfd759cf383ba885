import type { DebugOptions } from '../../runner/debug/debugOptions.ts';
import type { GraphTarget } from '../graphs/graphFile.ts';
import type { Runtime } from './chooseRuntime.ts';

/** What is debugged, as far as its session has to know it. */
export interface DebuggedCode {
  /** Absolute path. */
  readonly file: string;
  /** For the session, and for messages. */
  readonly title: string;
  stop(): void;
}

/** How a run is debugged. */
export interface Debugging extends Pick<DebugOptions, 'stopAt'> {
  readonly runtime: Runtime;
  /** Default `attached`: it runs to the first breakpoint. */
  readonly start?: DebugOptions['start'];
  /** Debugs the graph once more, when the user asks for that and this run is over. */
  readonly again?: (target: GraphTarget) => unknown;
}

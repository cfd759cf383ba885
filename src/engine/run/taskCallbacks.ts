import type { NodeConfig } from '../model/node.ts';
import type { Handler } from './callbackHandler.ts';
import type { CallbackManager } from './callbackManager.ts';
import type { Frame } from './frame.ts';
import { MODEL_HANDLER } from './modelHandler.ts';

/** Who is to hear of what a task calls; `undefined` where nobody listens. */
export function callbacksIn(frame: Frame): readonly Handler[] | CallbackManager | undefined {
  const { observed, callbacks } = frame.run.scope;
  const engine = observed ? [MODEL_HANDLER] : [];
  return callbacks ? callbacks.inside(frame, engine) : observed ? engine : undefined;
}

/** The config of a task, in which what is called with it finds who listens; asked for when that is called. */
export function withCallbacks(config: NodeConfig, frame: Frame): NodeConfig {
  if (frame.run.scope.callbacks === undefined) return config;
  const get = () => callbacksIn(frame);
  return Object.defineProperty(config, 'callbacks', { get, enumerable: true, configurable: true });
}

import type {
  ModelFailed,
  ModelFinished,
  ModelRetrying,
  ModelStarted,
  ModelStreamed,
} from '../engine/model/events.ts';
import type { ModelUse } from '../protocol/modelUse.ts';

export type ModelEvent = ModelStarted | ModelStreamed | ModelRetrying | ModelFinished | ModelFailed;

/** More names than this are not kept, however many models a graph asks. */
const maxModels = 8;

const noUse: ModelUse = {
  calls: 0,
  failed: 0,
  retries: 0,
  cached: 0,
  tokensIn: 0,
  tokensOut: 0,
  uncounted: 0,
  models: [],
  sources: [],
};

/** Counts an event. Constant cost, and none at all for the pieces of a streamed answer. */
export function countUse(use: ModelUse = noUse, event: ModelEvent): ModelUse {
  switch (event.type) {
    case 'modelStarted': {
      const { model, source } = event.call;
      return {
        ...use,
        calls: use.calls + 1,
        models: withOne(use.models, model).slice(0, maxModels),
        sources: source ? withOne(use.sources, source) : use.sources,
      };
    }
    case 'modelStreamed':
      return use;
    case 'modelRetrying':
      return { ...use, retries: use.retries + 1 };
    case 'modelFinished': {
      if (event.cached) return { ...use, cached: use.cached + 1 };
      if (!event.usage) return { ...use, uncounted: use.uncounted + 1 };
      const { input_tokens: tokensIn, output_tokens: tokensOut } = event.usage;
      return {
        ...use,
        tokensIn: use.tokensIn + tokensIn,
        tokensOut: use.tokensOut + tokensOut,
      };
    }
    case 'modelFailed':
      return { ...use, failed: use.failed + 1 };
  }
}

function withOne<T>(list: readonly T[], item: T): readonly T[] {
  return list.includes(item) ? list : [...list, item];
}

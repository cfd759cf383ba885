import { until } from '../engine/model/until.ts';
import { runnerError } from './errors.ts';
import type { ModelProvider, ModelQuestions } from './models.ts';
import { toError, type Answers } from './requests.ts';

/**
 * How a host answers what a run asks about models.
 * @param provider Absent: nothing is asked but by mistake.
 * @param options.onKey Hears of a key before the thread does.
 * @param options.onGivenUp Hears of a model that the user did not want to choose an answerer for; the
 * question then stays without an answer.
 */
export function answerModels(
  provider: ModelProvider | undefined,
  options: {
    readonly onKey: (key: string) => void;
    readonly onGivenUp: (model: string) => void;
  },
): Answers<ModelQuestions> {
  return {
    async *choose({ model }, signal) {
      const choice = await provider?.choose({ model, signal });
      if (!choice) {
        if (!signal.aborted) options.onGivenUp(model);
        return void (await until(new Promise(() => {}), signal));
      }
      if (choice.kind === 'key') options.onKey(choice.apiKey);
      yield choice;
    },
    complete(request, signal) {
      if (provider?.complete) return provider.complete(request, signal);
      const message = 'This host has no language models of its own: choose another model';
      throw toError(runnerError('NO_MODEL', message));
    },
  };
}

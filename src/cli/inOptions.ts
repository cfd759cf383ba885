import type { ErrorInfo } from '../engine/model/events.ts';
import type { Problem } from '../loader/problem.ts';

/** What errors of the library advise for code, by their code, and what the command line has in its place. */
const ADVICE: Readonly<Record<string, readonly (readonly [library: string, options: string])[]>> = {
  UNKNOWN_NODE: [
    [
      'move on with updateState(config, {}, asNode)',
      "go on as another node, --update '{}' --as-node NODE",
    ],
  ],
  UNKNOWN_CHECKPOINT: [
    ['take configs from getState or getStateHistory', 'superstep history lists them'],
  ],
  AMBIGUOUS_UPDATE: [
    ['pass one of them, updateState(config, values, asNode)', 'pass one of them, --as-node NODE'],
  ],
  AMBIGUOUS_RESUME: [
    [
      'answer by id, new Command({ resume: { [id]: answer } }), all or some of them',
      'answer by id, all or some of them: --resume ID=VALUE --resume ID=VALUE',
    ],
  ],
  NOTHING_TO_RESUME: [
    ['since updateState, ', 'since its state was edited, '],
    ['call invoke(null, config) to go on', 'go on with --input null'],
  ],
  EMPTY_INPUT: [
    ['pass an input', 'pass an input, --input JSON'],
    [' with this Command', ' with this --resume'],
  ],
};

/** An error with the options of the command line where it names calls of the library. */
export function inOptions<E extends Pick<ErrorInfo | Problem, 'code' | 'message'>>(error: E): E {
  const advice = ADVICE[error.code ?? ''] ?? [];
  const message = advice.reduce((text, [library, options]) => {
    return text.replaceAll(library, options);
  }, error.message);
  return { ...error, message };
}

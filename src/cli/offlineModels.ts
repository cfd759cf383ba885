import type { ModelProvider } from '../runner/models.ts';
import type { RunCommand } from './command.ts';
import type { Terminal } from './terminal.ts';

/** The built-in model, for every request or for those that come without a key. */
export function offlineModels(
  { model }: Pick<RunCommand, 'model'>,
  terminal: Terminal,
): ModelProvider {
  const isWanted = model === 'offline';
  const why = isWanted
    ? '--model offline'
    : 'no key: set OPENAI_API_KEY in the environment or in a .env file';
  return {
    override: isWanted,
    async choose() {
      terminal.note([`Answers are made up by the built-in offline model (${why})`]);
      return { kind: 'offline' };
    },
  };
}

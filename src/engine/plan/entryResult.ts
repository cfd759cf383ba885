import { Overwrite } from '../model/overwrite.ts';
import { ENTRY_KEYS } from './entryKeys.ts';

const FINAL = Symbol.for('superstep.final');

/** Made by `entrypoint.final`: a result that differs from what the thread remembers. */
export interface EntrypointFinal<Value, Saved> {
  readonly [FINAL]: true;
  readonly value: Value;
  readonly save: Saved;
}

/** What `entrypoint.final` makes of its argument. */
export function toFinal<Value, Saved>(result: {
  value?: Value;
  save?: Saved;
}): EntrypointFinal<Value, Saved> {
  return { [FINAL]: true, value: result.value as Value, save: result.save as Saved };
}

/** What the body returned, as the update of its node: the result, and the value to remember. */
export function toResultUpdate(returned: unknown): Record<string, unknown> {
  const { value, save } = isFinal(returned) ? returned : { value: returned, save: returned };
  // `undefined` is a result too, though it is no update.
  return {
    [ENTRY_KEYS.result]: value ?? new Overwrite(value),
    [ENTRY_KEYS.previous]: save ?? new Overwrite(save),
  };
}

function isFinal(value: unknown): value is EntrypointFinal<unknown, unknown> {
  return typeof value === 'object' && value !== null && FINAL in value;
}

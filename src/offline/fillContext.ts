import type { Random } from './random.ts';
import type { Prompt } from './readPrompt.ts';
import type { Writer } from './writer.ts';

/** What a value may depend on. */
export interface FillContext {
  readonly prompt: Prompt;
  readonly random: Random;
  readonly writer: Writer;
}

/** Where in the answer a value stands. */
export interface FieldPlace {
  /** The name of the property, or of the list that holds it. */
  readonly name: string;
  /** The name of what holds the property. */
  readonly parent: string;
  readonly description: string;
  /** Whether it is an item of a list, and which; 0 is the first. */
  readonly item?: number;
  /** What its neighbours in the list are, and it had better not be. */
  readonly taken: ReadonlySet<unknown>;
  readonly depth: number;
  /** It is the only text of the whole answer. */
  readonly isWhole: boolean;
}

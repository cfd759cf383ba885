import type { AIMessage } from '../../engine/model/messages.ts';
import { ModelError } from '../modelError.ts';
import { describeIssues, type SchemaIssue } from './issues.ts';
import type { Rung } from './rungs.ts';

/** How a value was asked for, and what came. */
export interface StructuredAttempts {
  readonly model: string;
  readonly host: string;
  /** What the value is called towards the model. */
  readonly name: string;
  /** The way of each request that was answered, in order. */
  readonly tried: readonly Rung[];
  /** The ways that the server refused. */
  readonly refused?: readonly Rung[];
  /** The last answer. */
  readonly message: AIMessage;
  /** Its text, or the arguments of its tool call, as the model wrote them. */
  readonly raw: string;
  /** What is wrong with it. */
  readonly issues: readonly SchemaIssue[];
}

/**
 * A model was asked for a value that fits a schema, and gave none, whichever way it was asked.
 *
 * @example
 * ```ts
 * import { ChatOpenAI, StructuredOutputError } from 'superstep/openai';
 * import * as z from 'zod';
 * const answer = { choices: [{ message: { content: '{"age":"seven"}' }, finish_reason: 'stop' }] };
 * const model = new ChatOpenAI({ configuration: { fetch: async () => Response.json(answer) } });
 * const schema = z.object({ age: z.number() });
 * const error = await model.withStructuredOutput(schema).invoke('How old?').catch((thrown) => thrown);
 * if (error instanceof StructuredOutputError) console.log(error.issues[0]?.path, error.raw); // age {"age":"seven"}
 * ```
 */
export class StructuredOutputError extends ModelError {
  override readonly name = 'StructuredOutputError';
  /** The way of each request that was answered, in order. */
  readonly tried: readonly Rung[];
  /** What is wrong with the last answer, with the path and the value seen. */
  readonly issues: readonly SchemaIssue[];
  /** The last answer, as the model wrote it. */
  readonly raw: string;
  /** The last answer, with its usage and finish reason. */
  declare readonly response: AIMessage;

  constructor({ tried, refused = [], issues, message, raw, name, ...at }: StructuredAttempts) {
    const seen = raw.length > 200 ? `${raw.slice(0, 197)}...` : raw;
    const ways = [...new Set(tried)].join(', ');
    const others = refused.length === 0 ? '' : `; refused: ${refused.join(', ')}`;
    const times = tried.length === 1 ? 'once' : `${tried.length} times`;
    super(
      'OUTPUT_PARSING_FAILURE',
      `No answer of model "${at.model}" at ${at.host} fits the schema "${name}" (asked ${times}, ` +
        `by ${ways}${others}): ${describeIssues(issues)}. The last answer was ${JSON.stringify(seen)}`,
      at,
    );
    this.tried = tried;
    this.issues = issues;
    this.raw = raw;
    // Not among what is listed of an error: it may be long.
    Object.defineProperty(this, 'response', { value: message });
  }

  /** The same as `raw`, under the name that LangChain gives it. */
  get llmOutput(): string {
    return this.raw;
  }
}

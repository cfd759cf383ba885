import { AbortError } from '../engine/model/errors.ts';
import type { Schema } from '../engine/state/schema.ts';
import { AIMessage, AIMessageChunk } from '../engine/model/messages.ts';
import { currentFrame } from '../engine/run/runContext.ts';
import { modelAt, usualModel } from './account.ts';
import { batch, type BatchOptions } from './batch.ts';
import { connect, type Connection } from './connection.ts';
import { exchange, type Said } from './exchange.ts';
import { Gate } from './gate.ts';
import { joinedSignals } from './joinedSignals.ts';
import { currentModelHost } from './modelHost.ts';
import {
  checkLimits,
  type CallOptions,
  type ChatOpenAIOptions,
  type ToolChoice,
} from './options.ts';
import type { JsonSchema } from './structured/jsonSchema.ts';
import { secretsOfOptions } from './secrets.ts';
import {
  ValueAsker,
  type RawAndParsed,
  type StructuredOutputOptions,
} from './structured/structuredOutput.ts';
import { StructuredOutputError } from './structured/structuredOutputError.ts';
import type { ToolLike } from './tools/tool.ts';
import { withoutThoughts } from './thoughts.ts';
import type { ModelInput } from './toWireMessages.ts';
import { toWireRequest } from './toWireRequest.ts';

/** A model that answers with values instead of messages. */
export interface StructuredModel<T> {
  /** @throws {ModelError} OUTPUT_PARSING_FAILURE, MODEL_REFUSAL, and what a request fails with. */
  invoke(input: ModelInput, options?: CallOptions): Promise<T>;
  /** Several at once; the values come in the order of the inputs. */
  batch(inputs: readonly ModelInput[], options?: CallOptions & BatchOptions): Promise<T[]>;
}

const DEFAULT_TIMEOUT_MS = 240_000;
const DEFAULT_RETRIES = 6;
const UNREAD =
  'The run ended before this answer was read to its end, so that its request was closed';

/**
 * A chat model behind OpenAI's protocol: OpenAI's own, or one of any server that speaks it, by
 * `baseURL`. Options and methods have the names of LangChain's class.
 *
 * Inside of a run, the run's observers are told of each request, and of its answer as it comes; the
 * signal of the running task cancels it.
 *
 * @example
 * ```ts
 * import { ChatOpenAI } from 'superstep/openai';
 * // Stands in for a server.
 * const answer = { choices: [{ message: { content: 'Hello!' }, finish_reason: 'stop' }] };
 * const fetch = async () => Response.json(answer);
 * const model = new ChatOpenAI({ model: 'qwen3-max', temperature: 0, configuration: { fetch } });
 * const message = await model.invoke([['system', 'Be brief'], { role: 'user', content: 'Hi' }]);
 * console.log(message.text, message.response_metadata.finish_reason); // Hello! stop
 * ```
 */
export class ChatOpenAI {
  /** The provider's name of the model. */
  readonly model: string;
  readonly #options: ChatOpenAIOptions;
  #bound: CallOptions = {};
  #shared: Shared;

  constructor(options: ChatOpenAIOptions = {}) {
    const { model, modelName, maxConcurrency } = options;
    checkLimits(options);
    this.model = model ?? modelName ?? usualModel(options);
    this.#options = options;
    // Before anything can tell them.
    for (const secret of secretsOfOptions(options)) currentModelHost()?.onSecret?.(secret);
    const gate = maxConcurrency === undefined ? undefined : new Gate(maxConcurrency);
    this.#shared = { gate, connection: undefined };
  }

  /**
   * Asks once.
   * @returns The answer with `usage_metadata`, the provider's words in `response_metadata`
   * (`finish_reason`, `model_name`), and `additional_kwargs.refusal` if the model refuses.
   * @throws {ModelError} if there is no answer; the signal's reason when it is aborted.
   */
  async invoke(input: ModelInput, options: CallOptions = {}): Promise<AIMessage> {
    const pieces = this.#exchange(input, options, false);
    for (;;) {
      const step = await pieces.next();
      if (step.done) return toMessage(step.value);
    }
  }

  /**
   * Asks once, and gives the answer piece by piece; leaving the loop closes the request. The last
   * piece has the tool calls, the usage and the finish reason.
   * @throws {ModelError} while it is read; a connection that breaks off in the middle included.
   * @example
   * ```ts
   * import { ChatOpenAI } from 'superstep/openai';
   * // Stands in for a server.
   * const pieces = [{ delta: { content: 'Hel' } }, { delta: { content: 'lo' }, finish_reason: 'stop' }];
   * const body = pieces.map((choice) => `data: ${JSON.stringify({ choices: [choice] })}\n\n`).join('');
   * const headers = { 'content-type': 'text/event-stream' };
   * const fetch = async () => new Response(body, { headers });
   * const model = new ChatOpenAI({ model: 'qwen3-max', configuration: { fetch } });
   * for await (const { text } of await model.stream('Hi')) if (text) console.log(text); // Hel lo
   * ```
   */
  async stream(
    input: ModelInput,
    options: CallOptions = {},
  ): Promise<AsyncGenerator<AIMessageChunk>> {
    return this.#stream(input, options);
  }

  /** Asks several times at once; the answers come in the order of the inputs. */
  async batch(
    inputs: readonly ModelInput[],
    options: CallOptions & BatchOptions = {},
  ): Promise<AIMessage[]> {
    return batch(inputs, (input) => this.invoke(input, options), options);
  }

  /**
   * The same model with tools that it may ask for. Its messages then have `tool_calls`.
   *
   * @param tools Made by {@link tool}, or LangChain's, or in the protocol's own form.
   * @param options.tool_choice `any` or a tool's name: it must call one, or this one.
   */
  bindTools(
    tools: readonly ToolLike[],
    options: { tool_choice?: ToolChoice } & CallOptions = {},
  ): ChatOpenAI {
    return this.#with({ ...options, tools });
  }

  /** The same model with options for every call. */
  withConfig(options: CallOptions): ChatOpenAI {
    return this.#with(options);
  }

  /**
   * The same model, answering with values that fit a schema. It is asked in the surest way that the
   * server knows: held to the schema; in JSON mode with the schema in the prompt and, if the answer
   * does not fit, one more turn with what is wrong; by a tool that takes the value. What a server
   * refuses is remembered.
   *
   * @param schema Of zod or any library with Standard JSON Schema, or a JSON Schema.
   * @param options `method` for one way only; `includeRaw` for the message, whose
   * `response_metadata.structured_output` says which way it was.
   * @throws {TypeError} if no JSON Schema can be made of the schema.
   * @example
   * ```ts
   * import { ChatOpenAI } from 'superstep/openai';
   * import * as z from 'zod';
   * // Stands in for a server.
   * const answer = { choices: [{ message: { content: '{"id":2}' }, finish_reason: 'stop' }] };
   * const fetch = async () => Response.json(answer);
   * const model = new ChatOpenAI({ model: 'qwen3-max', configuration: { fetch } });
   * const judge = model.withStructuredOutput(z.object({ id: z.int() }));
   * console.log((await judge.invoke('Which of them is best?')).id); // 2
   * ```
   */
  withStructuredOutput<T = Record<string, any>>(
    schema: Schema<any, T> | JsonSchema,
    options: StructuredOutputOptions & { includeRaw: true },
  ): StructuredModel<RawAndParsed<T>>;
  withStructuredOutput<T = Record<string, any>>(
    schema: Schema<any, T> | JsonSchema,
    options?: StructuredOutputOptions,
  ): StructuredModel<T>;
  withStructuredOutput<T>(
    schema: Schema<any, T> | JsonSchema,
    options: StructuredOutputOptions = {},
  ): StructuredModel<T | RawAndParsed<T>> {
    const asker = new ValueAsker(
      {
        invoke: (messages, call) => this.invoke(messages, call),
        server: async (signal) => {
          const connection = await this.#connect(signal ?? currentFrame()?.config.signal);
          const { host, account } = connection;
          const ignoresSchemas = account.source === 'editor';
          return {
            model: this.#modelAt(connection),
            host,
            baseURL: account.baseURL,
            ignoresSchemas,
          };
        },
      },
      schema,
      options,
    );
    const invoke = async (input: ModelInput, call: CallOptions = {}) => {
      try {
        const answer = await asker.ask(input, call);
        return options.includeRaw ? answer : answer.parsed;
      } catch (error) {
        if (!options.includeRaw || !(error instanceof StructuredOutputError)) throw error;
        return { raw: error.response, parsed: null, error };
      }
    };
    return {
      invoke,
      batch: (inputs, call = {}) => batch(inputs, (input) => invoke(input, call), call),
    };
  }

  #with(options: CallOptions): ChatOpenAI {
    const copy = new ChatOpenAI(this.#options);
    copy.#bound = { ...this.#bound, ...options };
    copy.#shared = this.#shared;
    return copy;
  }

  async *#stream(input: ModelInput, options: CallOptions): AsyncGenerator<AIMessageChunk> {
    const ended = new AbortController();
    let isRead = true;
    const leave = currentFrame()?.run.scope.atEnd(() => {
      // Nobody will read on, and the server would wait for ever.
      if (!isRead) ended.abort(new AbortError('ABORTED', UNREAD));
    });
    const own = joinedSignals(options.signal, ended.signal);
    const pieces = this.#exchange(input, { ...options, signal: own.signal }, true);
    try {
      for (;;) {
        isRead = true;
        const step = await pieces.next();
        if (step.done) return yield toLastChunk(step.value);
        const { id, text, toolCallChunks, thoughts } = step.value;
        isRead = false;
        yield new AIMessageChunk({
          id,
          content: text,
          tool_call_chunks: toolCallChunks,
          ...(thoughts && { additional_kwargs: thoughts }),
        });
      }
    } finally {
      leave?.();
      own.release();
      await pieces.return(undefined as never);
    }
  }

  async *#exchange(input: ModelInput, options: CallOptions, isStream: boolean) {
    const given = { ...this.#bound, ...options };
    const { timeout, maxRetries, streaming, disableStreaming, streamUsage } = this.#options;
    const own = joinedSignals(given.signal, currentFrame()?.config.signal);
    try {
      own.signal?.throwIfAborted();
      const connection = await this.#connect(own.signal);
      return yield* exchange({
        connection,
        request: toWireRequest(input, {
          options: this.#options,
          call: given,
          model: this.#modelAt(connection),
        }),
        streaming: disableStreaming
          ? 'never'
          : isStream || streaming
            ? 'always'
            : streaming === false
              ? 'never'
              : 'observed',
        streamUsage: streamUsage ?? true,
        signal: own.signal,
        timeoutMs: timeout ?? DEFAULT_TIMEOUT_MS,
        maxRetries: maxRetries ?? DEFAULT_RETRIES,
        gate: this.#shared.gate,
      });
    } finally {
      own.release();
    }
  }

  /** Whoever answers is found once; a failure to find anyone is not remembered. */
  async #connect(signal: AbortSignal | undefined): Promise<Connection> {
    // Each call waits by itself, since each can be cancelled by itself.
    this.#shared.connection ??= await connect(this.#options, { model: this.model, signal });
    return this.#shared.connection;
  }

  /** A key that the host gives may be of another provider than it looked like. */
  #modelAt({ account }: Connection): string {
    const { model, modelName } = this.#options;
    const isKnown = account.source !== undefined || model !== undefined || modelName !== undefined;
    return isKnown ? this.model : modelAt(account.baseURL);
  }
}

/** What a client has in common with those that are made from it. */
interface Shared {
  readonly gate: Gate | undefined;
  connection: Connection | undefined;
}

function toMessage({ id, answer, source }: Said): AIMessage {
  const fields = answer.toFields();
  const mark = source && { source };
  return new AIMessage({
    ...fields,
    id,
    response_metadata: { ...fields.response_metadata, ...mark },
  });
}

/** The calls of tools are whole only at the end; thoughts have come in pieces like the text. */
function toLastChunk(said: Said): AIMessageChunk {
  const { id, tool_calls, usage_metadata, response_metadata, ...message } = toMessage(said);
  const additional_kwargs = withoutThoughts(message.additional_kwargs);
  const fields = { tool_calls, usage_metadata, additional_kwargs, response_metadata };
  return new AIMessageChunk({ content: '', id, ...fields });
}

import { isSuperstepError, show } from '../../engine/model/errors.ts';
import type { Schema } from '../../engine/state/schema.ts';
import { identified } from '../../engine/state/addMessages.ts';
import type { AIMessage, BaseMessage } from '../../engine/model/messages.ts';
import { ModelError } from '../modelError.ts';
import type { CallOptions } from '../options.ts';
import { promptMessages, type ModelInput } from '../toWireMessages.ts';
import { extractJson } from './extractJson.ts';
import { nearMisses } from './nearMisses.ts';
import type { JsonSchema } from './jsonSchema.ts';
import { readSchema, type ReadResult, type SchemaReader } from './readSchema.ts';
import { ask, rawAnswer, RUNGS, type Rung, type Wanted } from './rungs.ts';
import { toStrictSchema, withoutNulls } from './strictSchema.ts';
import { StructuredOutputError, type StructuredAttempts } from './structuredOutputError.ts';

/** An answer that does not fit. */
type Misfit = Pick<StructuredAttempts, 'message' | 'raw' | 'issues'>;

/** How a value is asked for. */
export interface StructuredOutputOptions {
  /**
   * The only way to ask. Default: each in turn, as far as the server knows them. The names of the
   * protocol (`json_schema`, `json_mode`, `function_calling`) mean the same.
   */
  method?: Rung | 'json_schema' | 'json_mode' | 'function_calling';
  /** What the value is called towards the model. Default: the schema's title, or `extract`. */
  name?: string;
  /** Gives the model's message beside the value, and `null` for a value that does not fit. */
  includeRaw?: boolean;
  /** Understood for the sake of LangChain's users: schemas are always strict where they can be. */
  strict?: boolean;
}

/** The value, and the message it came in; how it was asked for is in the message's metadata. */
export interface RawAndParsed<T> {
  /** `response_metadata.structured_output` says how the value was asked for: {@link StructuredOutputInfo}. */
  readonly raw: AIMessage;
  readonly parsed: T | null;
  /** Why `parsed` is `null`. */
  readonly error?: StructuredOutputError;
}

/** Under `response_metadata.structured_output` of the message that holds a value. */
export interface StructuredOutputInfo {
  /** The way that worked. */
  readonly method: Rung;
  /** How many requests it took in all. */
  readonly requests: number;
  /** The first answer did not fit; the model corrected it. */
  readonly repaired: boolean;
}

interface Server {
  readonly model: string;
  readonly host: string;
  readonly baseURL: string;
  /** Known not to heed schemas: what stands in for the editor's models has nothing to hold them to. */
  readonly ignoresSchemas: boolean;
}

/** A client, as far as it is needed here. */
export interface Asker {
  invoke(input: readonly BaseMessage[], options: CallOptions): Promise<AIMessage>;
  /** Who answers. */
  server(signal: AbortSignal | undefined): Promise<Server>;
}

/** Asks a model for values that fit a schema. */
export class ValueAsker<T> {
  readonly #asker: Asker;
  readonly #reader: SchemaReader;
  readonly #wanted: Wanted;
  readonly #isWrapped: boolean;
  readonly #only: Rung | undefined;

  constructor(asker: Asker, schema: Schema<any, T> | JsonSchema, options: StructuredOutputOptions) {
    this.#asker = asker;
    this.#reader = readSchema(schema);
    this.#only = toRung(options.method);
    const { json } = this.#reader;
    this.#isWrapped = json['type'] !== 'object';
    const object = this.#isWrapped ? wrap(json) : json;
    const { title, description } = json as { title?: string; description?: string };
    const own = (schema as { name?: unknown }).name;
    const name = options.name ?? (typeof own === 'string' ? own : title) ?? 'extract';
    this.#wanted = {
      name: name.replace(/[^\w-]+/g, '_').slice(0, 64) || 'extract',
      description,
      json: object,
      strict: toStrictSchema(object),
    };
  }

  /** @throws {ModelError} what a request fails with; OUTPUT_PARSING_FAILURE, MODEL_REFUSAL. */
  async ask(input: ModelInput, options: CallOptions): Promise<{ raw: AIMessage; parsed: T }> {
    const messages = identified(promptMessages(input));
    const { model, host, baseURL, ignoresSchemas } = await this.#asker.server(options.signal);
    const at = { host, model };
    const memory = `${baseURL} ${model}`;
    if (ignoresSchemas) remember(memory, 'jsonSchema');
    const tried: Rung[] = [];
    let requests = 0;
    const refusals = new Map<Rung, ModelError>();
    let last: Misfit | undefined;
    for (const rung of this.#only === undefined ? this.#rungs(memory) : [this.#only]) {
      // In JSON mode the prompt said the same.
      if (rung === 'plainText' && tried.includes('jsonMode')) break;
      for (let turn = 0; turn < TURNS[rung]; turn++) {
        // What does not fit is corrected on the same rung or the next; a tool call begins afresh.
        const misfit = rung === 'functionCalling' ? undefined : last;
        const asked = ask(rung, this.#wanted, messages, misfit);
        let message: AIMessage;
        try {
          requests++;
          message = await this.#asker.invoke(asked.messages, { ...options, ...asked.options });
        } catch (error) {
          const isLastRefusal = rung === 'plainText' && refusals.size > 0 && isRefused(error);
          if (!isLastRefusal && !isUnsupported(error, rung)) throw error;
          refusals.set(rung, error as ModelError);
          if (!isOfSchema(error as ModelError)) remember(memory, rung);
          break;
        }
        tried.push(rung);
        const raw = rawAnswer(rung, message);
        checkAllowed(message, at);
        const read = await this.#read(raw);
        if ('value' in read) {
          const repaired = last !== undefined;
          const info: StructuredOutputInfo = { method: rung, requests, repaired };
          message.response_metadata['structured_output'] = info;
          return { raw: message, parsed: read.value as T };
        }
        checkWhole(message, raw, { ...at, tried, name: this.#wanted.name });
        last = { message, raw, issues: read.issues };
        // A server that heeds the way it is asked would have sent JSON, in the end at least.
        const isLast = turn === TURNS[rung] - 1;
        if (isLast && extractJson(raw) === undefined) remember(memory, rung);
      }
    }
    if (last === undefined) throw allRefused(refusals, at);
    const refused = [...refusals.keys()];
    throw new StructuredOutputError({ ...last, ...at, tried, refused, name: this.#wanted.name });
  }

  /** Those that are left to try with this server and this schema. */
  #rungs(memory: string): readonly Rung[] {
    const refused = unusable.get(memory);
    const usable = RUNGS.filter(
      (rung) =>
        refused?.has(rung) !== true && (rung !== 'jsonSchema' || this.#wanted.strict !== undefined),
    );
    return usable.some((rung) => rung !== 'plainText') ? usable : ['plainText'];
  }

  async #read(raw: string): Promise<ReadResult> {
    const found = extractJson(raw);
    if (found === undefined) {
      return { issues: [{ path: '', message: 'expected JSON', value: raw }] };
    }
    const value = this.#unwrapped(found.value);
    const read = await this.#reader.read(withoutNulls(value, this.#reader.json));
    if ('value' in read) return read;
    // A null may have been meant, where only the library that made the schema can tell.
    for (const meant of [value, ...nearMisses(value, this.#reader.json)]) {
      const again = await this.#reader.read(meant);
      if ('value' in again) return again;
    }
    return read;
  }

  #unwrapped(value: unknown): unknown {
    const isBox = typeof value === 'object' && value !== null && 'result' in value;
    return this.#isWrapped && isBox ? value.result : value;
  }
}

/** The first answer in JSON mode may be corrected; on the rungs around it, by what comes next. */
const TURNS: Record<Rung, number> = {
  jsonSchema: 1,
  jsonMode: 2,
  functionCalling: 1,
  plainText: 2,
};

/** By server and model: the ways that the server refused, or does not seem to know. */
const unusable = new Map<string, Set<Rung>>();

function remember(memory: string, rung: Rung): void {
  const known = unusable.get(memory) ?? new Set();
  unusable.set(memory, known.add(rung));
}

const ALIASES: Record<string, Rung> = {
  json_schema: 'jsonSchema',
  json_mode: 'jsonMode',
  function_calling: 'functionCalling',
};

function toRung(method: StructuredOutputOptions['method']): Rung | undefined {
  if (method === undefined) return undefined;
  const rung = ALIASES[method] ?? (method as Rung);
  if (RUNGS.includes(rung)) return rung;
  throw new TypeError(
    `Unknown method ${show(method)}: use ${RUNGS.join(', ')}, or none to try them in turn`,
  );
}

/** What servers say of a way to ask that they do not know. */
const WORDS: Record<Rung, RegExp> = {
  jsonSchema: /response_format|schema|structured|strict|json|grammar/i,
  jsonMode: /response_format|json/i,
  functionCalling: /tool|function/i,
  plainText: /(?!)/,
};

function isRefused(error: unknown): boolean {
  return isSuperstepError(error) && error.code === 'MODEL_REQUEST_REFUSED';
}

/** It is about this schema, and another may be taken. */
function isOfSchema({ said = '', status = 400 }: ModelError): boolean {
  return status >= 500 || /invalid schema|unsupported schema/i.test(said);
}

function allRefused(
  refusals: ReadonlyMap<Rung, ModelError>,
  at: { readonly model: string; readonly host: string },
): ModelError {
  const first = [...refusals.values()][0]!;
  if (refusals.size < 2) return first;
  const ways = [...refusals].map(([rung, { said }]) => `${rung} ("${said}")`).join(', ');
  const what = `Model "${at.model}" at ${at.host} refuses every way to ask for a value: ${ways}. Ask another model`;
  const { status, said } = first;
  return new ModelError('MODEL_REQUEST_REFUSED', what, { ...at, status, said }, { cause: first });
}

/** Only what the server says counts: what we say of it, and the model's name, hold such words too. */
function isUnsupported(error: unknown, rung: Rung): error is ModelError {
  if (!isSuperstepError(error)) return false;
  const { code, status, said = '', model } = error as ModelError;
  const isRefused = code === 'MODEL_REQUEST_REFUSED' || status === 404 || status === 501;
  return isRefused && WORDS[rung].test(said.replaceAll(model, ''));
}

/** @throws {ModelError} for an answer that is withheld: another turn would not help. */
function checkAllowed(message: AIMessage, at: { model: string; host: string }): void {
  const { refusal } = message.additional_kwargs;
  const reason = message.response_metadata['finish_reason'];
  const who = `"${at.model}" at ${at.host}`;
  const advice = 'Ask differently, or ask another model';
  if (typeof refusal === 'string') {
    throw new ModelError('MODEL_REFUSAL', `Model ${who} refuses: ${show(refusal)}. ${advice}`, at);
  }
  if (reason === 'content_filter') {
    const what = `The answer of model ${who} was withheld by a filter of contents. ${advice}`;
    throw new ModelError('MODEL_REFUSAL', what, at);
  }
}

/** @throws {ModelError} for an answer that is cut off: another turn would not help. */
function checkWhole(
  message: AIMessage,
  raw: string,
  at: Omit<StructuredAttempts, 'raw' | 'issues' | 'message'>,
): void {
  if (message.response_metadata['finish_reason'] !== 'length') return;
  const tokens = message.usage_metadata?.output_tokens;
  const when = tokens === undefined ? '' : ` after ${tokens} tokens`;
  const cut = `the answer was cut off${when}; raise maxTokens, or ask for less`;
  const issues = [{ path: '', message: cut, value: raw.slice(-40) }];
  throw new StructuredOutputError({ ...at, message, raw, issues });
}

/** Values other than objects come in one, since that is all that servers can be asked for. */
function wrap(json: JsonSchema): JsonSchema {
  const { $schema, $defs, definitions, ...inner } = json;
  const moved = JSON.stringify(inner).replaceAll('"$ref":"#"', '"$ref":"#/properties/result"');
  return {
    type: 'object',
    properties: { result: JSON.parse(moved) as unknown },
    required: ['result'],
    ...($defs !== undefined && { $defs }),
    ...(definitions !== undefined && { definitions }),
  };
}

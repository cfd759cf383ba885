import type { BaseMessage } from '../../engine/model/messages.ts';
import { AIMessage, HumanMessage, SystemMessage } from '../../engine/model/messages.ts';
import type { CallOptions } from '../options.ts';
import { textOfThoughts } from '../thoughts.ts';
import type { InvalidToolCall } from '../toWireMessages.ts';
import { describeIssue, type SchemaIssue } from './issues.ts';
import type { JsonSchema } from './jsonSchema.ts';

/**
 * The ways to ask a model for a value, the surest first: the server holds the answer to the schema
 * (`jsonSchema`), or to JSON at least (`jsonMode`), or the value is the arguments of a tool that the
 * model has to call (`functionCalling`), or the prompt alone asks for JSON (`plainText`).
 */
export type Rung = 'jsonSchema' | 'jsonMode' | 'functionCalling' | 'plainText';

export const RUNGS: readonly Rung[] = ['jsonSchema', 'jsonMode', 'functionCalling', 'plainText'];

/** What a model is asked for. */
export interface Wanted {
  /** Letters, digits, `_` and `-`. */
  readonly name: string;
  readonly description: string | undefined;
  readonly json: JsonSchema;
  /** As strict servers ask for it; `undefined` if there is no such form. */
  readonly strict: JsonSchema | undefined;
}

/** An answer that did not fit, and why. */
export interface Misfit {
  readonly raw: string;
  readonly issues: readonly SchemaIssue[];
}

/** The conversation and the options of a request on a rung. */
export function ask(
  rung: Rung,
  wanted: Wanted,
  messages: readonly BaseMessage[],
  misfit?: Misfit,
): { readonly messages: readonly BaseMessage[]; readonly options: CallOptions } {
  const { name, description, json, strict } = wanted;
  const told = misfit === undefined ? messages : [...messages, ...repairTurn(misfit)];
  switch (rung) {
    case 'jsonSchema': {
      const schema = {
        name,
        ...(description && { description }),
        schema: strict ?? json,
        strict: true,
      };
      const format = { type: 'json_schema', json_schema: schema } as const;
      return { messages: told, options: { response_format: format } };
    }
    case 'jsonMode':
      return {
        messages: withInstruction(told, jsonInstruction(json)),
        options: { response_format: { type: 'json_object' } },
      };
    case 'plainText':
      return { messages: withInstruction(told, jsonInstruction(json)), options: {} };
    case 'functionCalling':
      return {
        messages: told,
        options: {
          tools: [
            {
              type: 'function',
              function: {
                name,
                description:
                  description ?? 'Takes the answer. Always call it, with the whole answer.',
                parameters: json,
              },
            },
          ],
          tool_choice: name,
        },
      };
  }
}

/** What a message holds where the rung has the value, or where servers put it by mistake. */
export function rawAnswer(rung: Rung, message: AIMessage): string {
  const { text, additional_kwargs: kwargs } = message;
  if (rung === 'functionCalling' || text.trim() === '') {
    const [call] = message.tool_calls;
    if (call !== undefined) return JSON.stringify(call.args);
    const [invalid] = (kwargs['invalid_tool_calls'] ?? []) as InvalidToolCall[];
    if (invalid !== undefined) return invalid.args;
  }
  // Not any thoughts: those that are the value, and nothing else.
  const thoughts = text.trim() === '' ? textOfThoughts(kwargs).trim() : '';
  return /^[{[][^]*[}\]]$/.test(thoughts) ? thoughts : text;
}

// Some servers insist on the word JSON where they are asked for it.
function jsonInstruction(json: JsonSchema): string {
  const { $schema, ...schema } = json;
  return (
    'Answer with one JSON object and nothing else: no explanation before or after it, no code fence. ' +
    `It must fit this JSON Schema:\n${JSON.stringify(schema)}`
  );
}

/** Beside what the system message says, since some servers take only one. */
function withInstruction(messages: readonly BaseMessage[], text: string): readonly BaseMessage[] {
  const [first, ...rest] = messages;
  if (first?.getType() !== 'system') return [new SystemMessage(text), ...messages];
  const content =
    typeof first.content === 'string'
      ? `${first.content}\n\n${text}`
      : [...first.content, { type: 'text', text }];
  return [new SystemMessage({ content, name: first.name }), ...rest];
}

function repairTurn({ raw, issues }: Misfit): BaseMessage[] {
  const list = issues.slice(0, 20).map((issue) => `- ${describeIssue(issue)}`);
  return [
    new AIMessage(raw === '' ? '(nothing)' : raw),
    new HumanMessage(
      `That answer cannot be used:\n${list.join('\n')}\nGive the whole answer once more as JSON, corrected, and nothing else.`,
    ),
  ];
}

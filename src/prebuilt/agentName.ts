import { AIMessage } from '../engine/model/messages.ts';
import { coerceMessage } from '../engine/model/messages/coerceMessage.ts';
import type { Asked } from './models.ts';

interface TextBlock {
  readonly type: 'text';
  readonly text: string;
}

/**
 * Lets a model see which agent has said what: names of messages, which many models do not read, become
 * part of their text, as `<name>…</name><content>…</content>`; answers of that form lose it again.
 *
 * @example
 * ```ts
 * import { AIMessage } from 'superstep';
 * import { withAgentName } from 'superstep/prebuilt';
 * const model = {
 *   invoke: async (messages: any[]) => {
 *     console.log(messages[0].text); // <name>ada</name><content>Hello</content>
 *     return new AIMessage('<name>bob</name><content>Hello, Ada</content>');
 *   },
 * };
 * const named = withAgentName(model, 'inline');
 * const answer: any = await named.invoke([new AIMessage({ content: 'Hello', name: 'ada' })]);
 * console.log(answer.name, answer.text); // bob Hello, Ada
 * ```
 */
export function withAgentName(model: Asked, mode: 'inline'): Asked {
  if (mode !== 'inline') {
    throw new TypeError(`Cannot add names of agents: the mode is "inline", not "${String(mode)}"`);
  }
  return {
    async invoke(messages: readonly unknown[], config) {
      return readName(await model.invoke(messages.map(writeName), config));
    },
  };
}

function writeName(given: any): unknown {
  const message = coerceMessage(given);
  const { name, content } = message;
  if (message.getType() !== 'ai' || !name) return given;
  const mark = (text: string) => `<name>${name}</name><content>${text}</content>`;
  if (typeof content === 'string') return withContent(message as AIMessage, mark(content));
  const blocks = content.map((block) =>
    isText(block) ? { ...block, text: mark(block.text) } : block,
  );
  const all = content.some(isText) ? blocks : [{ type: 'text', text: mark('') }, ...blocks];
  return withContent(message as AIMessage, all);
}

function readName(answer: any): unknown {
  const content = answer?.content as unknown;
  if (!content || answer.getType?.() !== 'ai') return answer;
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  let name: string | undefined;
  const read = (blocks as unknown[]).flatMap((block) => {
    const said = isText(block) ? /<name>(.*?)<\/name>/s.exec(block.text)?.[1] : undefined;
    if (said === undefined || !isText(block)) return [block];
    name = said;
    const text = /<content>(.*?)<\/content>/s.exec(block.text)?.[1];
    return text ? [{ ...block, text }] : [];
  });
  if (name === undefined) return answer;
  const text =
    typeof content === 'string' ? ((read[0] as TextBlock | undefined)?.text ?? '') : read;
  return withContent(answer as AIMessage, text, name);
}

function withContent(message: AIMessage, content: any, name?: string): AIMessage {
  const { id, tool_calls, additional_kwargs, response_metadata, usage_metadata } = message;
  return new AIMessage({
    content,
    tool_calls,
    additional_kwargs,
    response_metadata,
    ...(id !== undefined && { id }),
    ...(usage_metadata && { usage_metadata }),
    ...(name !== undefined && { name }),
  });
}

function isText(block: unknown): block is TextBlock {
  return (block as Partial<TextBlock> | null)?.type === 'text';
}

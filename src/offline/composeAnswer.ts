import type {
  ChatRequest,
  ChatTool,
  ChatToolCall,
  UncheckedSchema,
} from '../chatServer/chatRequest.ts';
import { schemaInText } from './schemaInText.ts';
import { fillSchema } from './fillSchema.ts';
import { hash, Random } from './random.ts';
import { readPrompt, type Prompt } from './readPrompt.ts';
import { wordsOf } from './wordsOf.ts';
import { Writer } from './writer.ts';

/** What the offline model says, and the tools it wants called. */
export interface Answer {
  readonly text: string;
  readonly toolCalls: readonly ChatToolCall[];
}

/** The answer to a request: always the same one for the same seed. */
export function composeAnswer(request: ChatRequest, seed: number): Answer {
  const prompt = readPrompt(request.messages);
  const said = JSON.stringify([request.messages, seed, request.seed]);
  const random = new Random(said);
  const writer = new Writer(prompt, random);
  const fill = (schema: UncheckedSchema) => fillSchema(schema, { prompt, random, writer });

  const tool = chooseTool(request, prompt);
  if (tool) {
    const id = `call_${hash(said).toString(36)}${hash(tool.name + said).toString(36)}`;
    const args = fill(tool.parameters);
    return { text: '', toolCalls: [{ id, name: tool.name, args: JSON.stringify(args) }] };
  }
  const { format } = request;
  if (format.type === 'text') return { text: writer.answer(), toolCalls: [] };
  const schema = format.type === 'json_schema' ? format.schema : schemaInText(prompt.all);
  return { text: JSON.stringify(fill(schema), null, 2), toolCalls: [] };
}

/** The tool to call now; none once a tool has answered, unless the request demands one. */
function chooseTool(request: ChatRequest, prompt: Prompt): ChatTool | undefined {
  const { tools, toolChoice } = request;
  if (tools.length === 0 || toolChoice === 'none') return undefined;
  if (typeof toolChoice === 'object') return tools.find(({ name }) => name === toolChoice.name);
  const asked = new Set(wordsOf(prompt.text));
  const scored = tools.map((tool) => ({ tool, score: relevance(tool, asked) }));
  const best = scored.reduce((one, other) => (other.score > one.score ? other : one));
  if (toolChoice === 'required') return best.tool;
  return prompt.toolResults.length === 0 && best.score > 0 ? best.tool : undefined;
}

/** How many of the words asked for a tool is about; its name counts most. */
function relevance({ name, description }: ChatTool, asked: ReadonlySet<string>): number {
  const count = (text: string) => wordsOf(text).filter((word) => asked.has(word)).length;
  return 3 * count(name) + count(description);
}

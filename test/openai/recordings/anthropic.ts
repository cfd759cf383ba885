import type { IncomingMessage, ServerResponse } from 'node:http';

const failures: readonly (readonly [
  word: string,
  status: number,
  type: string,
  message: string,
])[] = [
  ['overload', 529, 'overloaded_error', 'Overloaded'],
  ['limit', 429, 'rate_limit_error', 'This request would exceed your rate limit'],
  ['unknown model', 404, 'not_found_error', 'model: recorded-1'],
  ['wrong key', 401, 'authentication_error', 'invalid x-api-key'],
];

/** Stands in for Anthropic's API, as far as a gateway needs it to have something to translate. */
export async function answerAsAnthropic(
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const text = Buffer.concat((await incoming.toArray()) as Buffer[]).toString();
  const failure = failures.find(([word]) => text.includes(word));
  if (failure) {
    const [, status, type, message] = failure;
    const wait = status === 429 ? { 'retry-after': '7' } : {};
    response.writeHead(status, { 'content-type': 'application/json', ...wait });
    response.end(JSON.stringify({ type: 'error', error: { type, message } }));
    return;
  }
  const { stream, tools = [] } = JSON.parse(text) as {
    stream?: boolean;
    tools?: { name: string }[];
  };
  const [tool] = text.includes('tool_result') ? [] : tools;
  const input = tool?.name === 'weather' ? { city: 'Rome' } : { name: 'Ada', age: 36 };
  const content = tool
    ? [
        { type: 'text', text: 'Let me look. ' },
        { type: 'tool_use', id: 'toolu_01', name: tool.name, input },
      ]
    : [{ type: 'text', text: 'A server that others wrote.' }];
  const stop_reason = tool ? 'tool_use' : 'end_turn';
  const message = { id: 'msg_01', type: 'message', role: 'assistant', model: 'claude-recorded' };
  if (!stream) {
    const usage = { input_tokens: 11, output_tokens: 5 };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ...message, content, stop_reason, usage }));
    return;
  }
  const usage = { input_tokens: 11, output_tokens: 1 };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const events: readonly AnthropicEvent[] = [
    {
      type: 'message_start',
      message: { ...message, content: [], stop_reason: null, usage },
    },
    ...content.flatMap(eventsOf),
    { type: 'message_delta', delta: { stop_reason }, usage: { output_tokens: 5 } },
    { type: 'message_stop' },
  ];
  for (const event of events) {
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    // Each goes over the wire by itself.
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  response.end();
}

interface AnthropicEvent {
  readonly type: string;
  readonly [key: string]: unknown;
}

function eventsOf(
  block: { type: string; text?: string; input?: object },
  index: number,
): AnthropicEvent[] {
  const { text } = block;
  const content_block = text !== undefined ? { type: 'text', text: '' } : { ...block, input: {} };
  const pieces = text !== undefined ? text.split(/(?<= )/) : halves(JSON.stringify(block.input));
  const deltas = pieces.map((piece) =>
    text !== undefined
      ? { type: 'text_delta', text: piece }
      : { type: 'input_json_delta', partial_json: piece },
  );
  return [
    { type: 'content_block_start', index, content_block },
    { type: 'ping' },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
}

function halves(text: string): string[] {
  const middle = Math.floor(text.length / 2);
  return ['', text.slice(0, middle), text.slice(middle)];
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reply } from '../fakes/modelServer.ts';
import { conversations } from './recordings/conversations.ts';
import { clientsOf, readRecording, type Exchange } from './recordings/recording.ts';
import { isolateEnvironment, serve } from './support.ts';

isolateEnvironment(['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'OPENAI_MODEL', 'DASHSCOPE_API_KEY']);

/** How an answer comes over the wire. */
const framings: Record<string, (body: readonly string[]) => readonly string[]> = {
  'as it was recorded': (body) => body,
  'in pieces that end anywhere': (body) => body.join('').match(/[^]{1,5}/g) ?? [],
};

for (const [framing, cut] of Object.entries(framings)) {
  for (const { server: name, name: what, talk, sees } of conversations) {
    test(`a server of others, ${framing}: ${name} has ${what}`, async () => {
      const { conversations: recorded } = await readRecording(name);
      const left = [...recorded[what]!];
      const server = await serve({
        choose: ({ path, body }) => replay(take(left, { path, request: body }), cut),
      });
      const seen = await talk(...clientsOf(server.baseURL));
      assert.deepEqual(JSON.parse(JSON.stringify(seen).replaceAll(server.host, 'HOST')), sees);
      assert.equal(left.length, 0, 'less was asked than was recorded');
    });
  }
}

/** The recorded exchange of a request; of several that are under way, one that asks for the same. */
function take(left: Exchange[], asked: Pick<Exchange, 'path' | 'request'>): Exchange {
  // The words of the example may change without a new recording.
  const kind = ({ path, request: { messages: _, ...rest } }: typeof asked) =>
    JSON.stringify({ path, ...rest });
  const i = left.findIndex((each) => kind(each) === kind(asked));
  assert.notEqual(i, -1, `nothing of the kind was recorded: ${JSON.stringify(asked)}`);
  return left.splice(i, 1)[0]!;
}

function replay(
  { status, headers, body }: Exchange,
  cut: (body: readonly string[]) => readonly string[],
): Reply {
  return async (_request, response) => {
    response.writeHead(status, headers);
    for (const piece of cut(body)) {
      response.write(piece);
      await new Promise(setImmediate);
    }
    response.end();
  };
}

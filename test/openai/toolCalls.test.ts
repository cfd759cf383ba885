// Calls of tools, in the pieces in which servers send them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CallAssembler } from '../../src/openai/callAssembler.ts';
import { collect } from '../engine/support.ts';
import { sends } from '../fakes/modelServer.ts';
import { clientOf, DONE, event, serve, streams } from './support.ts';

type Part = Record<string, any>;

/** A piece of a call; what is not given is not sent. */
function part(fields: Part, name?: string | null, args?: unknown): Part {
  const named = name === undefined ? {} : { name };
  return { ...fields, function: { ...named, ...(args !== undefined && { arguments: args }) } };
}

const ROME = '{"city":"Rome"}';
const OSLO = '{"city":"Oslo"}';
const begun = '{"city":';
const ended = '"Rome"}';
const both = [
  ['get', { city: 'Rome' }],
  ['get', { city: 'Oslo' }],
];
const rome = both.slice(0, 1);

/** Each list is one event of the stream. */
const streamed: readonly (readonly [what: string, calls: unknown, events: readonly Part[][]])[] = [
  [
    'as the protocol has it',
    both,
    [
      [part({ index: 0, id: 'a' }, 'get', '')],
      [part({ index: 0 }, undefined, begun)],
      [part({ index: 0 }, undefined, ended)],
      [part({ index: 1, id: 'b' }, 'get', '')],
      [part({ index: 1 }, undefined, OSLO)],
    ],
  ],
  [
    'mixed with those of another call',
    both,
    [
      [part({ index: 0, id: 'a' }, 'get', begun), part({ index: 1, id: 'b' }, 'get', '')],
      [part({ index: 1 }, undefined, OSLO), part({ index: 0 }, undefined, ended)],
    ],
  ],
  [
    'with the second call first',
    both,
    [[part({ index: 1, id: 'b' }, 'get', OSLO)], [part({ index: 0, id: 'a' }, 'get', ROME)]],
  ],
  [
    'without an index, one event each',
    both,
    [[part({ id: 'a' }, 'get', ROME)], [part({ id: 'b' }, 'get', OSLO)]],
  ],
  [
    'without an index, all in one event',
    both,
    [[part({ id: 'a' }, 'get', ROME), part({ id: 'b' }, 'get', OSLO)]],
  ],
  [
    'without an index, the id in the first piece',
    both,
    [
      [part({ id: 'a' }, 'get', '')],
      [part({}, undefined, begun)],
      [part({}, undefined, ended)],
      [part({ id: 'b' }, 'get', '')],
      [part({}, undefined, OSLO)],
    ],
  ],
  [
    'without an index, the id in every piece',
    both,
    [
      [part({ id: 'a' }, 'get', '')],
      [part({ id: 'a' }, undefined, begun)],
      [part({ id: 'b' }, 'get', '')],
      [part({ id: 'a' }, undefined, ended)],
      [part({ id: 'b' }, undefined, OSLO)],
    ],
  ],
  [
    'with null for an index, the id in every piece',
    both,
    [
      [part({ index: null, id: 'a' }, 'get', '')],
      [part({ index: null, id: 'a' }, undefined, ROME)],
      [part({ index: null, id: 'b' }, 'get', '')],
      [part({ index: null, id: 'b' }, undefined, OSLO)],
    ],
  ],
  [
    'all numbered 0, the id in the first piece',
    both,
    [
      [part({ index: 0, id: 'a' }, 'get', '')],
      [part({ index: 0 }, undefined, ROME)],
      [part({ index: 0, id: 'b' }, 'get', '')],
      [part({ index: 0 }, undefined, OSLO)],
    ],
  ],
  [
    'all numbered 0, the id in every piece',
    both,
    [
      [part({ index: 0, id: 'a' }, 'get', '')],
      [part({ index: 0, id: 'a' }, undefined, ROME)],
      [part({ index: 0, id: 'b' }, 'get', '')],
      [part({ index: 0, id: 'b' }, undefined, OSLO)],
    ],
  ],
  [
    'with one id for all',
    both,
    [
      [part({ index: 0, id: 'a' }, 'get', ROME)],
      [part({ index: 1, id: 'a' }, 'get', begun)],
      [part({ index: 1 }, undefined, '"Oslo"}')],
    ],
  ],
  [
    'with a new id in every piece',
    both,
    [
      [part({ index: 0, id: 'a1' }, 'get', '')],
      [part({ index: 0, id: 'a2' }, undefined, ROME)],
      [part({ index: 1, id: 'b1' }, 'get', '')],
      [part({ index: 1, id: 'b2' }, undefined, OSLO)],
    ],
  ],
  [
    'with a new id and the name in every piece',
    rome,
    [[part({ index: 0, id: 'a1' }, 'get', begun)], [part({ index: 0, id: 'a2' }, 'get', ended)]],
  ],
  [
    'without index and id, the name first',
    both,
    [[part({}, 'get', begun)], [part({}, undefined, ended)], [part({}, 'get', OSLO)]],
  ],
  [
    'without index and id, all in one event',
    both,
    [[part({}, 'get', ROME), part({}, 'get', OSLO)]],
  ],
  [
    'without index and id, and without arguments',
    [
      ['now', {}],
      ['then', {}],
    ],
    [[part({}, 'now', ''), part({}, 'then', '')]],
  ],
  [
    'numbered from 1',
    both,
    [[part({ index: 1, id: 'a' }, 'get', ROME)], [part({ index: 2, id: 'b' }, 'get', OSLO)]],
  ],
  [
    'with empty ids and names in later pieces',
    rome,
    [[part({ index: 0, id: 'a' }, 'get', '')], [part({ index: 0, id: '' }, '', ROME)]],
  ],
  [
    'with the name in every piece',
    rome,
    [
      [part({ index: 0, id: 'a' }, 'get', '')],
      [part({ index: 0 }, 'get', begun)],
      [part({ index: 0 }, 'get', ended)],
    ],
  ],
  [
    'with the name in fragments',
    rome,
    [
      [part({ index: 0, id: 'a' }, 'g', '')],
      [part({ index: 0 }, 'et', '')],
      [part({ index: 0 }, undefined, ROME)],
    ],
  ],
  [
    'with the arguments before the name',
    rome,
    [[part({ index: 0, id: 'a' }, undefined, begun)], [part({ index: 0 }, 'get', ended)]],
  ],
  [
    'with null for arguments and name',
    rome,
    [[part({ index: 0, id: 'a' }, 'get', null)], [part({ index: 0 }, null, ROME)]],
  ],
  [
    'with the whole once more at the end',
    rome,
    [
      [part({ index: 0, id: 'a' }, 'get', begun)],
      [part({ index: 0 }, undefined, ended)],
      [part({ index: 0, id: 'a' }, 'get', ROME)],
    ],
  ],
  [
    'with the arguments as an object',
    rome,
    [[part({ index: 0, id: 'a' }, 'get', { city: 'Rome' })]],
  ],
  ['with null for the arguments', [['now', {}]], [[part({ index: 0, id: 'a' }, 'now', 'null')]]],
];

describe('calls that are streamed', () => {
  for (const [what, calls, events] of streamed) {
    it(`are told apart: ${what}`, async () => {
      const pieces = events.map((tool_calls) => event({ tool_calls }));
      const server = await serve(streams(...pieces, event({}, 'tool_calls'), DONE));
      const chunks = await collect(clientOf(server).stream('Hi'));
      const message = chunks.reduce((sum, chunk) => sum.concat(chunk));
      assert.deepEqual(
        message.tool_calls.map(({ name, args }) => [name, args]),
        calls,
      );
      assert.equal(message.additional_kwargs['invalid_tool_calls'], undefined);
      const ids = message.tool_calls.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length);
      assert.ok(ids.every(Boolean));
      // The pieces that are told say the same.
      const told = new Map<string, { name: string; args: string }>();
      const byIndex = new Map<number, string>();
      for (const { index, id, name = '', args = '' } of message.tool_call_chunks) {
        if (id !== undefined) byIndex.set(index, id);
        const known = told.get(byIndex.get(index)!) ?? { name: '', args: '' };
        told.set(byIndex.get(index)!, { name: known.name + name, args: known.args + args });
      }
      assert.deepEqual(
        ids.map((id) => [told.get(id!)!.name, JSON.parse(told.get(id!)!.args || '{}') ?? {}]),
        calls,
      );
    });
  }

  it('are the same however their arguments are cut', () => {
    const call = fc.record({
      name: fc.constantFrom('get', 'set'),
      args: fc.dictionary(fc.constantFrom('a', 'b"', '}'), fc.string(), {
        minKeys: 1,
        noNullPrototype: true,
      }),
      cuts: fc.array(fc.nat(60)),
    });
    const dialect = fc.constantFrom('usual', 'noIndex', 'zero', 'idAlways', 'nameAlways');
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 4 }), dialect, (calls, how) => {
        const assembler = new CallAssembler();
        calls.forEach(({ name, args, cuts }, i) => {
          const text = JSON.stringify(args);
          const places = [...new Set([0, ...cuts.filter((cut) => cut < text.length), text.length])];
          places.sort((a, b) => a - b);
          places.slice(1).forEach((end, piece) => {
            const isFirst = piece === 0;
            const index = how === 'noIndex' ? undefined : how === 'zero' ? 0 : i;
            assembler.add(
              [
                {
                  ...(index !== undefined && { index }),
                  ...((isFirst || how === 'idAlways') && { id: `id${i}` }),
                  function: {
                    ...((isFirst || how === 'nameAlways') && { name }),
                    arguments: text.slice(places[piece], end),
                  },
                },
              ],
              false,
            );
          });
        });
        const { valid, invalid } = assembler.read();
        assert.deepEqual(invalid, []);
        assert.deepEqual(
          valid.map(({ id, name, args }) => ({ id, name, args })),
          calls.map(({ name, args }, i) => ({ id: `id${i}`, name, args })),
        );
      }),
    );
  });
});

describe('calls that come whole', () => {
  for (const [what, calls, toolCalls] of [
    ['with the arguments as an object', rome, [part({ id: 'a' }, 'get', { city: 'Rome' })]],
    ['without ids', both, [part({}, 'get', ROME), part({}, 'get', OSLO)]],
    ['alike, and without ids', [...rome, ...rome], [part({}, 'get', ROME), part({}, 'get', ROME)]],
    [
      'with one index and id for all',
      both,
      [ROME, OSLO].map((args) => part({ index: 0, id: 'a' }, 'get', args)),
    ],
    [
      'with arguments that were made JSON twice',
      rome,
      [part({ id: 'a' }, 'get', JSON.stringify(ROME))],
    ],
    ['as null', [], null],
  ] as const) {
    it(`are read: ${what}`, async () => {
      const message = { content: null, tool_calls: toolCalls };
      const server = await serve(sends(200, { choices: [{ message, finish_reason: 'stop' }] }));
      const { tool_calls, additional_kwargs } = await clientOf(server).invoke('Hi');
      assert.deepEqual(
        tool_calls.map(({ name, args }) => [name, args]),
        calls,
      );
      assert.deepEqual(additional_kwargs, {});
      assert.equal(new Set(tool_calls.map(({ id }) => id)).size, calls.length);
    });
  }

  it('keep what the server wants back with them', async () => {
    const extra_content = { google: { thought_signature: 'xyz' } };
    const call = { id: 'a', extra_content, function: { name: 'now', arguments: '{}' } };
    const message = { content: null, tool_calls: [call] };
    const server = await serve(sends(200, { choices: [{ message, finish_reason: 'stop' }] }));
    const model = clientOf(server);
    await model.invoke([
      'When?',
      await model.invoke('When?'),
      { role: 'tool', tool_call_id: 'a', content: 'Now' },
    ]);
    const [sent] = server.requests[1]!.body.messages[1].tool_calls;
    assert.deepEqual(sent, { type: 'function', ...call });
  });
});

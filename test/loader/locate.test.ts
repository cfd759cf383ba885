import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { locate, toProblem } from '../../src/loader/locate.ts';

const FILE = '/home/me (work)/a b#c%20/x.graph.ts';
const CODE = { file: FILE, inputs: [FILE, '/home/me (work)/a b#c%20/lib (1).ts'] };

/** An error as it comes from another thread: data, with the stack as text. */
function thrown(frames: readonly string[], more: object = {}) {
  const stack = ['Error: message', ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return { name: 'Error', message: 'message', stack, ...more };
}

describe('locate()', () => {
  for (const [what, frame] of Object.entries({
    'a function': `run (${FILE}:3:9)`,
    'an async function': `async run (${FILE}:3:9)`,
    'a method under another name': `Object.a [as b] (${FILE}:3:9)`,
    'a method with a name like a place': `Object.a (b (${FILE}:3:9)`,
    'no function': `${FILE}:3:9`,
    'an async place': `async ${FILE}:3:9`,
    'a constructor': `new Thing (${FILE}:3:9)`,
    'a bundle that is not mapped': `run (file:///home/me%20(work)/a%20b%23c%2520/x.graph.ts?superstep=1:3:9)`,
  })) {
    it(`finds the place of ${what}`, () => {
      assert.deepEqual(locate(thrown([frame]), CODE), { file: FILE, line1: 3, column1: 9 });
    });
  }

  it('skips Node, packages and the library', () => {
    const error = thrown([
      'ModuleJob.run (node:internal/modules/esm/module_job:561:25)',
      'parse (/home/me (work)/a b#c%20/node_modules/zod/index.js:1:1)',
      'file:///opt/superstep/dist/index.js:7:1',
      'Array.map (<anonymous>)',
      'async Promise.all (index 0)',
      'helper (/home/me (work)/a b#c%20/lib (1).ts:20:3)',
      `run (${FILE}:3:9)`,
    ]);
    assert.deepEqual(locate(error, CODE), { file: CODE.inputs[1], line1: 20, column1: 3 });
  });

  it('looks into the cause of an error of the engine first', () => {
    const cause = thrown([`node (${FILE}:5:1)`]);
    const error = thrown([`caller (${FILE}:90:1)`], { name: 'SuperstepError', cause });
    assert.equal(locate(error, CODE)?.line1, 5);
    const withoutPlace = thrown([`caller (${FILE}:90:1)`], { name: 'SuperstepError', cause: 'x' });
    assert.equal(locate(withoutPlace, CODE)?.line1, 90);
  });

  it('looks into the cause of another error last', () => {
    const cause = thrown([`node (${FILE}:5:1)`]);
    assert.equal(locate(thrown([`node (${FILE}:7:1)`], { cause }), CODE)?.line1, 7);
    assert.equal(locate(thrown(['x (node:fs:1:1)'], { cause }), CODE)?.line1, 5);
  });

  it('looks into the members of an AggregateError', () => {
    const errors = [new Error('elsewhere'), thrown([`node (${FILE}:5:1)`])];
    assert.equal(locate(thrown([], { errors }), CODE)?.line1, 5);
  });

  it('takes cycles of causes, and values that are no errors', () => {
    const cycle: { cause?: unknown } = {};
    cycle.cause = cycle;
    for (const value of [cycle, undefined, null, 'text', 1, { stack: 5 }, { stack: 'at x' }, []]) {
      assert.equal(locate(value, CODE), undefined);
    }
  });
});

describe('toProblem()', () => {
  it('names the error, its place and its causes', () => {
    const cause = { name: 'TypeError', message: 'inner', cause: 'why' };
    assert.deepEqual(
      toProblem(thrown([`a (${FILE}:3:9)`], { cause, code: 'UNKNOWN_NODE' }), CODE),
      {
        severity: 'error',
        code: 'UNKNOWN_NODE',
        message: `message\nCaused by: TypeError: inner\nCaused by: Thrown: 'why'`,
        file: FILE,
        range: { line1: 3, column1: 9, endLine1: 3, endColumn1: 9 },
      },
    );
  });

  it('says names of errors that tell something, and no others', () => {
    const messageOf = (name: string) => toProblem({ name, message: 'no' }, CODE).message;
    assert.equal(messageOf('RangeError'), 'RangeError: no');
    for (const name of ['Error', 'LoadError', 'SuperstepError'])
      assert.equal(messageOf(name), 'no');
  });

  it('falls back to the graph file without a place', () => {
    assert.deepEqual(toProblem(null, CODE), {
      severity: 'error',
      code: 'UNCAUGHT_ERROR',
      message: 'Thrown: null',
      file: FILE,
    });
  });
});

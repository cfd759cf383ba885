import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Redactor } from '../../src/runner/redact.ts';
import { GraphJob } from '../../src/runner/worker/graphJob.ts';
import type { FromThread } from '../../src/runner/workerThread.ts';

/** A job whose messages are recorded, those that `post` lets pass. */
function createJob(post: (message: FromThread) => void = () => {}) {
  const posted: FromThread[] = [];
  const channel = {
    post(message: FromThread) {
      post(message);
      posted.push(message);
    },
    send() {},
    close() {},
  };
  const job = new GraphJob(channel, new Redactor(), { superstep: 'superstep' });
  return { job, posted };
}

test('GraphJob tells its end once, whatever comes after', () => {
  const { job, posted } = createJob();
  job.crash('UNHANDLED_REJECTION', 'first', new Error('why'));
  job.crash('PROCESS_EXIT', 'second');
  assert.equal(posted.length, 1);
  const [message] = posted;
  assert.ok(message?.type === 'crashed');
  assert.equal(message.error.message, 'first');
  assert.equal(message.error.cause?.message, 'why');
});

test('GraphJob tells that its result cannot be sent rather than nothing', () => {
  let attempts = 0;
  const { job, posted } = createJob(() => {
    if (attempts++ === 0) throw new DOMException('x could not be cloned', 'DataCloneError');
  });
  job.crash('UNCAUGHT_EXCEPTION', 'anything');
  const [message] = posted;
  assert.ok(message?.type === 'crashed');
  assert.equal(message.error.code, 'WORKER_FAILED');
  assert.match(message.error.message, /could not be sent: x could not be cloned/);
});

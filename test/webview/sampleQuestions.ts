import { question } from './sampleGraphs.ts';

export const schema = {
  type: 'object',
  properties: {
    name: { type: 'string', title: 'Name', description: 'As it is to be printed' },
    age: { type: 'integer' },
    sure: { type: 'boolean' },
    size: { enum: ['S', 'M', 'L'] },
    tags: { type: 'array' },
  },
  required: ['name', 'size'],
};

export const interrupt = {
  action_request: { action: 'send_email', args: { to: 'ann@example.com', body: 'Hi' } },
  config: { allow_accept: true, allow_edit: true, allow_respond: true, allow_ignore: true },
  description: 'Read it first',
};

export const review = {
  actionRequests: [
    { name: 'pay', args: { amount: 10 } },
    { name: 'delete', args: { path: '/tmp/x' } },
  ],
  reviewConfigs: [
    { actionName: 'pay', allowedDecisions: ['approve', 'edit', 'reject'] },
    { actionName: 'delete', allowedDecisions: ['approve', 'reject'] },
  ],
};

/** One of each kind. */
export const everyQuestion = [
  question('text', 'What is your name?', { asker: 'outer › ask' }),
  question('choices', { question: 'Which?', options: ['red', { label: 'Green', value: 2 }] }),
  question('schema', { question: 'Who?', schema }),
  question('json', { anything: true }),
  question('interrupt', [interrupt]),
  question('review', review),
];

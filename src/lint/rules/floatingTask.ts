import type { Rule } from '../rule.ts';
import { spanOf, walkOwn } from '../syntax.ts';

/** A task is called, and nothing waits for it. */
export const floatingTask: Rule = {
  id: 'floating-task',
  severity: 'warning',
  title: 'A task is called without await',
  cause:
    'A call of a task gives a promise. Where nothing waits for it, the node or the entrypoint ends before ' +
    'it: its result is lost, and so is its error.',
  cure: 'Write `await`, or gather the promises and wait for all of them.',
  example: `const save = task('save', async (text: string) => text.length);

export const flow = entrypoint('flow', async (text: string) => {
  save(text);
  return text;
});`,
  *check({ functions }) {
    for (const code of functions) {
      const found: { start: number; end: number }[] = [];
      walkOwn(code.code, (node) => {
        if (node.type !== 'ExpressionStatement' || node.expression.type !== 'CallExpression')
          return;
        if (code.valueOf(node.expression.callee)?.kind === 'task')
          found.push(spanOf(node.expression));
      });
      for (const at of found) {
        yield {
          at,
          message:
            'Nothing waits for this task: its result and its errors are lost. Write await before it.',
          ...(code.code.async && {
            fixes: [
              { title: 'Write await', edits: [{ start: at.start, end: at.start, text: 'await ' }] },
            ],
          }),
        };
      }
    }
  },
};

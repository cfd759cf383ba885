// The command line at a terminal whose user does not answer: for tests that end the process there.
import { parseCommand } from '../../src/cli/args.ts';
import { runGraph } from '../../src/cli/runGraph.ts';
import { createTestRunner } from '../runner/testRunner.ts';
import { fakeTerminal } from './fakeTerminal.ts';

const { terminal } = fakeTerminal();
const command = parseCommand(process.argv.slice(2));
if (command.name !== 'run') throw new Error('Only run asks');
await runGraph(command, {
  runner: createTestRunner({ after() {} }),
  signal: new AbortController().signal,
  terminal: {
    ...terminal,
    ask() {
      console.log('asked');
      return new Promise(() => setInterval(() => {}, 1000));
    },
  },
});

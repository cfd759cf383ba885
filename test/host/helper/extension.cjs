// Evaluates what a test sends over a socket, with `vscode` in scope. See ../helperLink.ts.
const { connect } = require('node:net');
const { createInterface } = require('node:readline');
const vscode = require('vscode');

exports.activate = (context) => {
  const path = process.env.SUPERSTEP_TEST_SOCKET;
  if (!path) return;
  const socket = connect(path);
  socket.on('error', () => undefined);
  context.subscriptions.push({ dispose: () => socket.destroy() });
  createInterface({ input: socket }).on('line', async (line) => {
    const { id, source, args } = JSON.parse(line);
    let reply;
    try {
      const value = await (0, eval)(`(${source})`)(vscode, ...args);
      reply = JSON.stringify({ id, value });
    } catch (error) {
      reply = JSON.stringify({ id, error: String(error?.stack ?? error) });
    }
    socket.write(`${reply}\n`);
  });
};

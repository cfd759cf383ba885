// Runs in the extension host: mocha with the bundled tests of test/vscode. It reports over a socket,
// since what is printed there comes out between the editor's own lines, if at all.
const { connect } = require('node:net');

exports.run = async () => {
  const { default: Mocha } = await import('mocha');
  const { files, grep } = JSON.parse(process.env.SUPERSTEP_TEST_PLAN);
  const socket = connect(process.env.SUPERSTEP_TEST_SOCKET);
  const tell = (message) => socket.write(`${JSON.stringify(message)}\n`);

  const mocha = new Mocha({ ui: 'tdd', timeout: 300_000, grep, reporter: function () {} });
  for (const file of files) mocha.addFile(file);
  const failures = await new Promise((resolve) => {
    const running = mocha.run(resolve);
    running.on('suite', (suite) => suite.title && tell({ type: 'suite', name: suite.fullTitle() }));
    running.on('pass', (test) =>
      tell({ type: 'pass', name: test.title, ms: test.duration, script: test.file }),
    );
    running.on('fail', (test, error) =>
      tell({
        type: 'fail',
        name: test.fullTitle(),
        error: String(error?.stack ?? error),
        // A hook has none of its own.
        script: test.file ?? test.parent?.file,
      }),
    );
  });
  tell({ type: 'end' });
  await new Promise((resolve) => socket.end(resolve));
  if (failures > 0) throw new Error(`${failures} failed`);
};

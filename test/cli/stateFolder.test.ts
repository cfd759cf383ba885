import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '../../src/cli/usageError.ts';
import { defaultStorePath } from '../../src/cli/stateFolder.ts';

test('threads are kept where the machine keeps such things of its users', () => {
  const at = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home = '/home/ada') =>
    defaultStorePath({ platform, env, home: () => home });
  assert.equal(at('linux', {}), '/home/ada/.local/state/superstep/threads.sqlite');
  assert.equal(at('linux', { XDG_STATE_HOME: '/s' }), '/s/superstep/threads.sqlite');
  const relative = at('freebsd', { XDG_STATE_HOME: 'relative' });
  assert.equal(relative, '/home/ada/.local/state/superstep/threads.sqlite');
  assert.equal(
    at('darwin', { XDG_STATE_HOME: '/s' }, '/Users/ada'),
    '/Users/ada/Library/Application Support/superstep/threads.sqlite',
  );
  const windows = { LOCALAPPDATA: 'C:\\Local' };
  assert.equal(at('win32', windows), 'C:\\Local\\superstep\\threads.sqlite');
  assert.equal(
    at('win32', {}, 'C:\\Users\\ada'),
    'C:\\Users\\ada\\AppData\\Local\\superstep\\threads.sqlite',
  );
});

test('without a home folder the user is asked for a file', () => {
  const home = () => {
    throw new Error('ENOENT: uv_os_homedir');
  };
  for (const platform of ['linux', 'darwin', 'win32'] as const) {
    assert.throws(
      () => defaultStorePath({ platform, env: {}, home }),
      (error) => error instanceof UsageError && /--store PATH/.test(error.message),
    );
  }
});

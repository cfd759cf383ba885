import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';
import { UsageError } from './usageError.ts';

/** What the place depends on. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  /** The user's home folder; throws if there is none. */
  readonly home: () => string;
}

const thisMachine: Machine = { platform: process.platform, env: process.env, home: homedir };

/**
 * The file in which the command line keeps threads if it is told no other: `superstep/threads.sqlite`
 * where the machine keeps such things of its users.
 * @throws {UsageError} if the user has no home folder.
 */
export function defaultStorePath(machine: Machine = thisMachine): string {
  const path = machine.platform === 'win32' ? win32 : posix;
  return path.join(stateFolder(machine), 'superstep', 'threads.sqlite');
}

/**
 * The folder in which a Restate server of the command line keeps all if it is told no other.
 * @throws {UsageError} if the user has no home folder.
 */
export function defaultRestateFolder(machine: Machine = thisMachine): string {
  const path = machine.platform === 'win32' ? win32 : posix;
  return path.join(stateFolder(machine), 'superstep', 'restate');
}

function stateFolder({ platform, env, home }: Machine): string {
  if (platform === 'darwin') return posix.join(homeFolder(home), 'Library', 'Application Support');
  if (platform === 'win32') {
    return env['LOCALAPPDATA'] || win32.join(homeFolder(home), 'AppData', 'Local');
  }
  const { XDG_STATE_HOME: state = '' } = env;
  // As the standard wants it: a relative path counts as none.
  return posix.isAbsolute(state) ? state : posix.join(homeFolder(home), '.local', 'state');
}

function homeFolder(home: Machine['home']): string {
  try {
    return home();
  } catch {
    throw new UsageError(
      'Cannot tell where your home folder is, to keep anything in it: say where, --store PATH',
    );
  }
}

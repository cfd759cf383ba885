import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { installServer, run } from './install.ts';
import { onProcessEnd } from './releases.ts';
import { PATIENCE_MS } from './retry.ts';

export interface ServerOptions {
  /** VSIX files to install before the start. */
  readonly vsix?: readonly string[];
  /** Folders of extensions that are to be as if installed, from where they are. */
  readonly extensions?: readonly string[];
  /** User settings, on top of those that keep the editor quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** False: folders start untrusted (restricted mode). Default true: trust is not asked for. */
  readonly trust?: boolean;
  /** Reaches the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folder for settings, extensions and logs. Default: a temporary one, removed in the end. */
  readonly dataDir?: string;
  /** Keep extension hosts (for a while) and the server when there is no page: a person comes back. */
  readonly keepAlive?: boolean;
}

export interface CodeServer {
  readonly port: number;
  /** `http://127.0.0.1:PORT/` */
  readonly url: string;
  /** Settings, state and logs (`logs/`). */
  readonly userDataDir: string;
  /** What the server has printed so far. */
  log(): string;
  /** Settles when the server has ended, whyever. */
  readonly ended: Promise<void>;
  /** The form in which the editor knows a file of the server's. */
  uri(path: string): { $mid: 1; scheme: string; authority: string; path: string };
  stop(): void;
}

const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.enableExperiments': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  // The default in a browser, not on a desktop: edits that a test leaves unsaved stay so.
  'files.autoSave': 'off',
  'git.enabled': false,
  'json.schemaDownload.enable': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  'security.workspace.trust.startupPrompt': 'never',
};

/**
 * Starts the VS Code server on a free port of 127.0.0.1 and waits until it listens. It ends with
 * `stop()` or with this process, with every process it has started.
 */
export async function startServer(options: ServerOptions = {}): Promise<CodeServer> {
  const cwd = await installServer();
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'superstep-host-'));
  const userDataDir = join(dataDir, 'user');
  const extensionsDir = join(dataDir, 'extensions');
  mkdirSync(join(userDataDir, 'User'), { recursive: true });
  // What is in this folder is looked at once, when the list of the installed does not exist yet.
  rmSync(extensionsDir, { recursive: true, force: true });
  mkdirSync(extensionsDir, { recursive: true });
  const settingsFile = join(userDataDir, 'User/settings.json');
  if (!existsSync(settingsFile)) {
    const settings = { ...quietSettings, ...options.settings };
    writeFileSync(settingsFile, JSON.stringify(settings, undefined, 2));
  }
  for (const folder of options.extensions ?? []) {
    const { publisher, name, version } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    ) as Record<string, string>;
    symlinkSync(folder, join(extensionsDir, `${publisher}.${name}-${version}`), 'junction');
  }
  const program = [
    'out/server-main.js',
    ...['--server-data-dir', join(dataDir, 'server')],
    ...['--user-data-dir', userDataDir],
    ...['--extensions-dir', extensionsDir],
  ];
  const env = { ...cleanEnvironment(), ...options.env };
  for (const file of options.vsix ?? []) {
    await run(process.execPath, [...program, '--install-extension', file, '--force'], { cwd, env });
  }
  const child = spawn(
    process.execPath,
    [
      ...program,
      ...['--host', '127.0.0.1', '--port', '0'],
      '--without-connection-token',
      '--accept-server-license-terms',
      ...['--telemetry-level', 'off'],
      // Without a page the extension host ends at once, and the server some minutes later.
      ...(options.keepAlive
        ? []
        : ['--reconnection-grace-time', '1', '--enable-remote-auto-shutdown']),
      ...(options.trust === false ? [] : ['--disable-workspace-trust']),
    ],
    { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const stop = onProcessEnd(() => {
    killGroup(child.pid);
    if (options.dataDir === undefined) removeFolder(dataDir);
  });

  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let printed = '';
  const port = await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(
      () => fail(`did not listen within ${PATIENCE_MS / 1000} s`),
      PATIENCE_MS,
    );
    const fail = (what: string) => {
      clearTimeout(timer);
      reject(new Error(`The VS Code server ${what}:\n${printed}`));
    };
    const onData = (data: Buffer) => {
      printed = (printed + stripVTControlCharacters(String(data))).slice(-100_000);
      const found = /Extension host agent listening on (\d+)/.exec(printed);
      if (!found) return;
      clearTimeout(timer);
      resolve(Number(found[1]));
    };
    child.stdout.on('data', onData);
    child.stderr.on('data', onData);
    child.once('error', (error) => fail(`could not be started (${error.message})`));
    child.once('exit', (code) => fail(`ended with code ${code}`));
  }).catch((error: unknown) => {
    stop();
    throw error;
  });

  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    userDataDir,
    log: () => printed,
    ended,
    uri: (path) => ({ $mid: 1, scheme: 'vscode-remote', authority: `127.0.0.1:${port}`, path }),
    stop,
  };
}

/** The environment without what belongs to an editor or an npm that this process runs in. */
function cleanEnvironment(): Record<string, string | undefined> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        name === 'VSCODE_TEST_OPTIONS' ||
        !/^(VSCODE_|ELECTRON_|npm_|NODE_OPTIONS$|NODE_TEST_CONTEXT$)/.test(name),
    ),
  );
  // An address of no gallery: else the server would ask the default one.
  env.EXTENSIONS_GALLERY = JSON.stringify({ serviceUrl: '', itemUrl: '', resourceUrlTemplate: '' });
  return env;
}

/** The server leads a group of its own: extension host, language servers, file watcher. */
function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  } catch {
    // A process that is just ending has written into it; it is a temporary folder.
  }
}

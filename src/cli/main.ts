#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { langGraphUrls } from '../langgraph/entries.ts';
import { LoadError } from '../loader/loadError.ts';
import { loadEsbuild } from '../loader/bundle/loadEsbuild.ts';
import type { Runner } from '../runner/runner.ts';
import { nodeTooOld } from '../runner/nodeVersion.ts';
import { createWorkerRunner } from '../runner/workerRunner.ts';
import { parseCommand } from './args.ts';
import { SyntaxUsageError, UsageError } from './usageError.ts';
import type { Command } from './command.ts';
import { exitCodeOf, exitCodes } from './exitCodes.ts';
import { formatProblems } from './formatProblems.ts';
import { inOptions } from './inOptions.ts';
import { inProject } from './projectGraph.ts';
import { openTerminal, type Terminal } from './terminal.ts';
import { usage } from './usage.ts';

/** Where things lie: beside this file once it is bundled, in the source tree otherwise. */
const isSource = import.meta.url.endsWith('.ts');
const here = (path: string) => new URL(path, import.meta.url);
/** What a page that shows a run is made of; the script is there once it is built. */
const pageFiles = (root: string) => ({
  script: here(`${root}dist/webview.js`),
  styles: here(`${root}media/panel.css`),
  theme: here(`${root}media/page.css`),
});
const places = isSource
  ? {
      worker: here('../runner/workerMain.ts'),
      debug: here('../runner/debug/debugMain.ts'),
      packageJson: here('../../package.json'),
      page: pageFiles('../../'),
      shipped: {
        superstep: here('../engine/index.ts').href,
        'superstep/sqlite': here('../engine/sqlite.ts').href,
        'superstep/openai': here('../openai/index.ts').href,
        'superstep/prebuilt': here('../prebuilt/index.ts').href,
        'superstep/testing': here('../testing/index.ts').href,
        'superstep/restate': here('../restate/index.ts').href,
        ...langGraphUrls((name) => here(`../langgraph/${name}.ts`).href),
        zod: import.meta.resolve('zod'),
        openai: import.meta.resolve('openai'),
      },
    }
  : {
      worker: here('./worker.js'),
      debug: here('./debug.js'),
      packageJson: here('../package.json'),
      page: pageFiles('../'),
      shipped: {
        superstep: here('./index.js').href,
        'superstep/sqlite': here('./sqlite.js').href,
        'superstep/openai': here('./openai.js').href,
        'superstep/prebuilt': here('./prebuilt.js').href,
        'superstep/testing': here('./testing.js').href,
        'superstep/restate': here('./restate.js').href,
        ...langGraphUrls((name) => here(`./langgraph/${name}.js`).href),
        zod: here('./vendor/zod.js').href,
        openai: here('./vendor/openai.js').href,
      },
    };

/** Longest time, in milliseconds, that a build may take to end before the process exits. */
const closingMs = 2000;

/** The runner of this command; absent for commands that need none. */
let runner: Runner | undefined;

/**
 * Nobody reads on: there is nothing left to do, as for a process without a handler of SIGPIPE. What is
 * being built has to end first: esbuild, a process of its own, writes a trace to stderr when it loses us
 * in the middle of it.
 */
async function onReaderGone(): Promise<void> {
  setTimeout(() => process.exit(exitCodes.brokenPipe), closingMs);
  await runner?.dispose().catch(() => {});
  process.exit(exitCodes.brokenPipe);
}

async function main(args: readonly string[]): Promise<number> {
  const terminal = openTerminal(() => void onReaderGone());
  const tooOld = nodeTooOld(process.versions.node);
  if (tooOld !== undefined) {
    terminal.note([`superstep: ${tooOld}`]);
    return 1;
  }
  try {
    return await execute(parseCommand(args), terminal);
  } catch (error) {
    return report(error, terminal);
  }
}

async function execute(command: Command, terminal: Terminal): Promise<number> {
  if (command.name === 'help') {
    terminal.print([usage(command.of).trimEnd()]);
    return 0;
  }
  if (command.name === 'version') {
    const { version } = JSON.parse(await readFile(places.packageJson, 'utf8')) as {
      version: string;
    };
    terminal.print([version]);
    return 0;
  }
  if (command.name === 'check') {
    const { checkFiles } = await import('./checkFiles.ts');
    return checkFiles({ ...command, packageJson: places.packageJson }, terminal);
  }
  const stop = new AbortController();
  if (command.name === 'offline-model') {
    const end = () => stop.abort();
    process.once('SIGINT', end).once('SIGTERM', end);
    const { serveOfflineModel } = await import('./serveOfflineModel.ts');
    return serveOfflineModel(command, { terminal, signal: stop.signal });
  }
  if (command.name === 'run' && command.on !== undefined) {
    const { runElsewhere } = await import('./runElsewhere.ts');
    return runElsewhere({ ...(await inProject(command)), on: command.on }, terminal);
  }
  const { worker: workerUrl, debug: debugUrl, shipped } = places;
  const ours = createWorkerRunner({ workerUrl, debugUrl, shipped, loadEsbuild });
  runner = ours;
  const onSignal = () => {
    if (stop.signal.aborted) return void ours.dispose();
    terminal.note(['Stopping; press Ctrl+C again to stop at once']);
    stop.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const context = { runner: ours, terminal, signal: stop.signal };
  try {
    // Each loads what it needs only: `list` a parser, for example.
    switch (command.name) {
      case 'run':
        return await (
          await import('./runGraph.ts')
        ).runGraph(await inProject(command), {
          ...context,
          pages: { describer: ours, files: places.page },
        });
      case 'serve':
        return await (await import('./serveGraphs.ts')).serveGraphs(command, context);
      case 'restate':
        return await (await import('./restateUp.ts')).restateUp(command, context);
      case 'test':
        return await (await import('./testFiles.ts')).testFiles(command, context);
      case 'parity':
        return await (
          await import('./compareGraph.ts')
        ).compareGraph(await inProject(command), context);
      case 'draw':
        return await (await import('./drawGraph.ts')).drawGraph(await inProject(command), context);
      case 'threads':
        return await (
          await import('./listThreads.ts')
        ).listThreads(await inProject(command), context);
      case 'state':
        return await (await import('./showState.ts')).showState(await inProject(command), context);
      case 'history':
        return await (
          await import('./showHistory.ts')
        ).showHistory(await inProject(command), context);
      case 'list':
        return await (await import('./listGraphs.ts')).listGraphs(command, context);
    }
  } catch (error) {
    if (stop.signal.aborted && !(error instanceof LoadError)) return exitCodes.cancelled;
    throw error;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    await ours.dispose();
  }
}

function report(error: unknown, terminal: Terminal): number {
  if (error instanceof UsageError) {
    const help = error instanceof SyntaxUsageError ? ['See superstep --help'] : [];
    terminal.note([`superstep: ${error.message}`, ...help]);
    return exitCodes.wrongUse;
  }
  if (error instanceof LoadError) {
    terminal.note(formatProblems(error.problems.map(inOptions), terminal.notePaint));
    return exitCodeOf(error);
  }
  terminal.note([error instanceof Error ? (error.stack ?? error.message) : String(error)]);
  return 1;
}

process.exitCode = await main(process.argv.slice(2));

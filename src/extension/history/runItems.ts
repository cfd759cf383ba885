import { describeUse } from '../../protocol/modelUse.ts';
import type { KeptRun } from '../../runner/history/keptRun.ts';
import { formatDuration, formatMoment, formatSince } from '../../runner/report/formatTime.ts';

/** Runs of one thread, the newest first: one went on with what another had left. */
export interface RunGroup {
  readonly threadId: string;
  readonly runs: readonly KeptRun[];
}

/** How a run stands, as the list of runs tells it. */
export type RunSign = NonNullable<KeptRun['end']>['status'] | 'running';

/** What the list tells of a run: plain texts, whatever its graph is called. */
export interface RunText {
  readonly label: string;
  /** Beside the label: when, how long, how many tokens. */
  readonly description: string;
  readonly sign: RunSign;
  readonly tooltip: string;
}

/** Icons of the editor, with the colors of its own test results. */
export const RUN_SIGNS: {
  readonly [S in RunSign]: {
    readonly icon: string;
    readonly color?: string;
    readonly word: string;
  };
} = {
  running: { icon: 'loading~spin', word: 'running' },
  done: { icon: 'pass', color: 'testing.iconPassed', word: 'done' },
  waiting: { icon: 'comment-discussion', color: 'notificationsInfoIcon.foreground', word: 'waits' },
  failed: { icon: 'error', color: 'testing.iconFailed', word: 'failed' },
  cancelled: { icon: 'circle-slash', color: 'testing.iconSkipped', word: 'stopped' },
  cutOff: { icon: 'debug-disconnect', color: 'testing.iconSkipped', word: 'cut off' },
};

/**
 * Runs of one thread together, where there are several: at the place of the newest.
 * @param runs The newest first.
 */
export function groupRuns(runs: readonly KeptRun[]): (KeptRun | RunGroup)[] {
  const threads = Map.groupBy(runs, (run) => threadKey(run));
  const told = new Set<string>();
  return runs.flatMap((run): readonly (KeptRun | RunGroup)[] => {
    const key = threadKey(run);
    const ofThread = threads.get(key)!;
    if (key === undefined || ofThread.length === 1) return [run];
    if (told.has(key)) return [];
    told.add(key);
    return [{ threadId: threadOf(run)!, runs: ofThread }];
  });
}

function threadOf({ threadId, end }: KeptRun): string | undefined {
  return end?.threadId ?? threadId;
}

/** The run with whose input the thread of another began; `undefined` if it is not kept. */
export function beginningOf(run: KeptRun, all: readonly KeptRun[]): KeptRun | undefined {
  const key = threadKey(run);
  return all.findLast((other) => !other.isContinued && threadKey(other) === key);
}

/** Names the thread of a run. Graphs name their threads as they like: two may have the same. */
export function threadKey(run: KeptRun): string | undefined {
  const thread = threadOf(run);
  return thread === undefined ? undefined : JSON.stringify([run.file, run.exportName, thread]);
}

/** @param relativePath Of its file, for people. */
export function describeRun(run: KeptRun, relativePath: string): RunText {
  const { end, startedAt } = run;
  const sign = end?.status ?? 'running';
  const use = end?.use ? describeUse(end.use) : [];
  const tokens = use.find((part) => part.endsWith(' tokens'));
  const when = formatSince(startedAt).replace(/\.\d+$/, '');
  const took = end ? formatDuration(end.durationMs) : '';
  const { word } = RUN_SIGNS[sign];
  return {
    label: run.graph,
    description: [when, took, tokens].filter(Boolean).join(' · '),
    sign,
    tooltip: [
      `${run.graph}: ${word}${took && ` after ${took}`}`,
      `${formatMoment(startedAt)}, ${relativePath}`,
      ...(use.length > 0 ? [use.join(' · ')] : []),
      ...(end?.error ? [firstLine(end.error.message)] : []),
      ...(end?.gap === undefined ? [] : [end.gap]),
    ].join('\n'),
  };
}

/** A run in a few words: `hello, 2026-11-29 12:03:04`. */
export function runName({ graph, startedAt }: KeptRun): string {
  return `${graph}, ${formatMoment(startedAt)}`;
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]!.slice(0, 300);
}

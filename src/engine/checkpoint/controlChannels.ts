import type { JoinProgress, Scheduled } from '../model/checkpointer.ts';
import { END, START } from '../model/constants.ts';
import { Send } from '../model/send.ts';
import { fromNative, toNative } from './nativeValue.ts';

// What is to run stands with LangGraph.js in channels beside those of the state.
const NODE = 'branch:to:';
const JOIN = 'join:';
const SENDS = '__pregel_tasks';
const PREVIOUS = '__previous__';

/** Versions of channels: the newest of each. */
export type Versions = Readonly<Record<string, number | string>>;

/** What LangGraph.js keeps of a checkpoint's channels. */
export interface StoredChannels {
  readonly channel_values: Readonly<Record<string, unknown>>;
  readonly channel_versions: Versions;
  readonly versions_seen: Readonly<Record<string, Versions>>;
}

/** Whether a channel says what is to run, and is no key of a state. */
export function isControl(channel: string): boolean {
  return (
    channel.startsWith(NODE) ||
    channel.startsWith(JOIN) ||
    (channel.startsWith('__') && channel !== PREVIOUS && channel !== END)
  );
}

/**
 * The channels that stand for what a checkpoint has scheduled.
 * @param write Makes a value what is stored of it. Default: as LangGraph.js stores it.
 */
export function toControl(
  { nodes, deferred, sends, joins, input }: Scheduled,
  write: (value: unknown) => unknown = (value) => toNative(value).native,
): Record<string, unknown> {
  const channels: Record<string, unknown> = {};
  // Of both kinds of channel that LangGraph.js has for it the second form is understood.
  for (const node of nodes) channels[NODE + node] = [null, true];
  const isWaiting = nodes.length + sends.length > 0;
  for (const node of deferred) channels[NODE + node] = [null, !isWaiting];
  for (const { sources, target, arrived, isDeferred } of joins) {
    const seen = [...arrived];
    channels[`${JOIN}${sources.join('+')}:${target}`] = isDeferred ? [seen, false] : seen;
  }
  if (sends.length > 0) {
    channels[SENDS] = sends.map(({ node, args }) => ({ node, args: write(args) }));
  }
  if (input) channels[START] = write(input);
  return channels;
}

/** A task that LangGraph.js would start. */
export interface PendingTask {
  readonly node: string;
  /** Its place among those sent; -1 for one that an edge started. */
  readonly sendIndex: number;
  /** The channels that may have started it, the likeliest first. */
  readonly triggers: readonly string[];
}

/** What the channels say is to run. */
export function fromControl(
  { channel_values: values, channel_versions: versions, versions_seen: seen }: StoredChannels,
  isEntrypoint: boolean,
): { readonly next: Scheduled; readonly tasks: readonly PendingTask[] } {
  const triggers = new Map<string, string[]>();
  const deferred: string[] = [];
  const joins: JoinProgress[] = [];
  const start = (node: string, channel: string) => {
    if (!isNewer(versions[channel], seen[node]?.[channel])) return;
    const others = triggers.get(node) ?? [];
    triggers.set(node, channel.startsWith(NODE) ? [channel, ...others] : [...others, channel]);
  };
  for (const [channel, value] of Object.entries(values)) {
    if (value === undefined) continue;
    if (channel.startsWith(NODE)) {
      const node = channel.slice(NODE.length);
      if (Array.isArray(value) && value[1] === false) deferred.push(node);
      else start(node, channel);
    } else if (channel.startsWith(JOIN)) {
      const end = channel.lastIndexOf(':');
      const target = channel.slice(end + 1);
      const sources = channel.slice(JOIN.length, end).split('+');
      const isDeferred = Array.isArray((value as unknown[])[0]);
      const [arrived, isFinished] = (isDeferred ? value : [value, true]) as [string[], boolean];
      const isComplete = sources.every((source) => arrived.includes(source));
      if (isComplete && isFinished) start(target, channel);
      else if (isComplete) deferred.push(target);
      else if (arrived.length > 0)
        joins.push({ target, sources, arrived, ...(isDeferred && { isDeferred }) });
    }
  }
  const sends = ((values[SENDS] ?? []) as readonly { node: string; args: unknown }[]).map(
    ({ node, args }) => new Send(node, fromNative(args)),
  );
  const given = isNewer(versions[START], seen[START]?.[START])
    ? fromNative(values[START])
    : undefined;
  const input = isEntrypoint ? { [START]: given } : (given as Scheduled['input']);
  const nodes = [...triggers.keys()].sort();
  return {
    next: { nodes, sends, deferred, joins, ...(given !== undefined && { input: input! }) },
    tasks: [
      ...nodes.map((node) => ({ node, sendIndex: -1, triggers: triggers.get(node)! })),
      ...sends.map(({ node }, sendIndex) => ({ node, sendIndex, triggers: [] })),
      // There a task of its own writes the input; here the input is written when the thread goes on.
      ...(given === undefined ? [] : [{ node: START, sendIndex: -1, triggers: [START] }]),
    ],
  };
}

/** The nodes that ran last, as far as it was noted what they had seen. */
export function ranLast({ versions_seen: seen }: StoredChannels): string[] {
  let newest: number | string | undefined;
  let nodes: string[] = [];
  for (const [node, versions] of Object.entries(seen)) {
    if (node.startsWith('__')) continue;
    for (const version of Object.values(versions)) {
      if (isNewer(newest, version)) continue;
      if (isNewer(version, newest)) nodes = [];
      newest = version;
      if (!nodes.includes(node)) nodes.push(node);
    }
  }
  return nodes.sort();
}

function isNewer(version: number | string | undefined, than: number | string | undefined): boolean {
  if (version === undefined) return false;
  return than === undefined || version > than;
}

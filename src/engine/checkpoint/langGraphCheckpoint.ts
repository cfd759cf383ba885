import { SuperstepError } from '../model/errors.ts';
import type { Checkpoint, CheckpointSource, TaskRecord } from '../model/checkpointer.ts';
import { END } from '../model/constants.ts';
import { describeKey } from '../model/taskKey.ts';
import {
  fromControl,
  isControl,
  ranLast,
  toControl,
  type PendingTask,
  type StoredChannels,
  type Versions,
} from './controlChannels.ts';
import { fromNative, toNative } from './nativeValue.ts';
import type { NativeWrite } from './nativeTasks.ts';
import type { Serializer } from './serialize.ts';

/** The channel that holds what LangGraph.js has no place for, as text. */
const REST = '__superstep__';
/** The channel that records of tasks are written to, as text. */
export const RECORD = '__superstep_task__';
/** Counts up when the form of what is stored changes. */
const FORMAT = 2;

/** A checkpoint in the form of LangGraph.js, which can go on from it. */
export interface ChannelCheckpoint extends StoredChannels {
  readonly v: number;
  readonly id: string;
  readonly ts: string;
}

/** What is stored of a checkpoint's values. */
export interface Channels {
  readonly natives: Readonly<Record<string, unknown>>;
  /** Of values that LangGraph's form does not keep as they are. */
  readonly texts: Readonly<Record<string, string>>;
  /** By channel. No two values of a channel have the same one: not in two branches of a thread, either. */
  readonly versions: Versions;
}

/** How a checkpoint came to be, in the form of LangGraph.js. */
export interface CheckpointMetadata {
  readonly source?: CheckpointSource;
  /** -1 for a thread's first input, then counted up. */
  readonly step?: number;
  /** Of a subgraph: for each namespace around, the id of the checkpoint it belongs to. */
  readonly parents?: Readonly<Record<string, string>>;
}

/** What a saver of LangGraph.js gives for a checkpoint. */
export interface CheckpointTuple {
  readonly checkpoint: ChannelCheckpoint;
  readonly metadata?: CheckpointMetadata;
  readonly parentConfig?: { readonly configurable?: { readonly checkpoint_id?: string } };
  readonly pendingWrites?: readonly NativeWrite[];
}

/**
 * Cuts a checkpoint into channels: one for each value, those that say what is to run, and one for all
 * the rest.
 * @param before The channels of the parent, if they are known.
 * @returns Also the versions of what is new, the only channels that some savers store.
 * @throws {SuperstepError} NOT_SERIALIZABLE naming the key.
 */
export function toChannels(
  serializer: Serializer,
  checkpoint: Checkpoint,
  before: Channels | undefined,
): { readonly stored: ChannelCheckpoint; readonly channels: Channels; readonly fresh: Versions } {
  const { values, ...rest } = checkpoint;
  const written = new Set(checkpoint.written);
  // The fraction tells two branches apart that count up from the same parent.
  const version = Math.floor(newestOf(before?.versions ?? {})) + 1 + Math.random();
  const natives: Record<string, unknown> = {};
  const texts: Record<string, string> = {};
  const versions: Record<string, number | string> = {};
  const fresh: Record<string, number> = {};
  for (const key of Object.keys(values)) {
    const kept = written.has(key) ? undefined : before?.versions[key];
    if (kept === undefined) {
      const { native, isExact } = toNative(values[key]);
      natives[key] = native;
      if (!isExact) texts[key] = serializer.serialize(values[key], `key "${key}"`);
      versions[key] = fresh[key] = version;
    } else {
      natives[key] = before!.natives[key];
      if (before!.texts[key] !== undefined) texts[key] = before!.texts[key];
      versions[key] = kept;
    }
  }
  const control = {
    ...toControl(checkpoint.next),
    [REST]: serializer.serialize(
      { format: FORMAT, keys: Object.keys(values), texts, ...rest },
      'what runs next',
    ),
  };
  for (const channel of Object.keys(control)) versions[channel] = fresh[channel] = version;
  const stored: ChannelCheckpoint = {
    v: 4,
    id: checkpoint.id,
    ts: new Date(checkpoint.createdAt).toISOString(),
    channel_values: { ...natives, ...control },
    channel_versions: versions,
    // Else LangGraph.js would stop at a breakpoint for ever: it marks as seen only channels that it knows.
    versions_seen: { __interrupt__: { [REST]: version } },
  };
  return { stored, channels: { natives, texts, versions }, fresh };
}

/** A checkpoint that was read, and what of its tasks LangGraph.js has stored itself. */
export interface ReadCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly channels: Channels;
  /** The tasks that LangGraph.js may have left something of. */
  readonly pending: readonly PendingTask[];
}

/**
 * Reads what {@link toChannels} has made, or LangGraph.js itself.
 * @param where Names saver and checkpoint in errors.
 * @throws {SuperstepError} STORAGE_VERSION for what another version has stored; STORAGE_FAILED where a
 * part has been lost.
 */
export function fromChannels(
  serializer: Serializer,
  tuple: CheckpointTuple,
  where: string,
): ReadCheckpoint {
  const { id, channel_values: stored, channel_versions: versions } = tuple.checkpoint;
  const text = stored[REST];
  if (typeof text !== 'string') {
    if (versions[REST] === newestOf(versions)) throw lost(where, 'what runs next');
    return ofLangGraph(tuple);
  }
  const {
    format,
    keys,
    texts = {},
    ...rest
  } = serializer.deserialize(text) as Omit<Checkpoint, 'values'> & {
    readonly format: number;
    readonly keys: readonly string[];
    readonly texts?: Readonly<Record<string, string>>;
  };
  if (format !== FORMAT) {
    throw new SuperstepError(
      'STORAGE_VERSION',
      `Cannot read ${where}: it was stored by another version of Superstep (format ${format}, not ` +
        `${FORMAT}); use that version`,
      { value: format },
    );
  }
  // LangGraph.js has gone on from a checkpoint of ours, and handed on what it did not know.
  if (rest.id !== id) return ofLangGraph(tuple);
  const natives: Record<string, unknown> = {};
  const values: Record<string, unknown> = {};
  for (const key of keys) {
    if (!Object.hasOwn(stored, key) && texts[key] === undefined) {
      throw lost(where, `the value of key "${key}"`);
    }
    natives[key] = stored[key];
    values[key] =
      texts[key] === undefined ? fromNative(stored[key]) : serializer.deserialize(texts[key]);
  }
  const { tasks: pending } = fromControl(tuple.checkpoint, false);
  return { checkpoint: { ...rest, values }, channels: { natives, texts, versions }, pending };
}

/** A checkpoint that LangGraph.js has made. */
export function ofLangGraph({
  checkpoint,
  metadata = {},
  parentConfig,
}: CheckpointTuple): ReadCheckpoint {
  const { id, ts, channel_values: stored, channel_versions: versions } = checkpoint;
  const natives: Record<string, unknown> = {};
  const values: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(stored)) {
    if (value === undefined || isControl(key)) continue;
    natives[key] = value;
    values[key] = fromNative(value);
  }
  const { next, tasks: pending } = fromControl(checkpoint, END in versions);
  const { source = 'loop', step = 0, parents = {} } = metadata;
  return {
    checkpoint: {
      id,
      parentId: parentConfig?.configurable?.checkpoint_id,
      createdAt: Date.parse(ts),
      source,
      step,
      parents,
      values,
      written: Object.keys(values),
      ran: ranLast(checkpoint),
      next,
    },
    channels: { natives, texts: {}, versions },
    pending,
  };
}

/** What is written for a record. */
export function toWrite(
  serializer: Serializer,
  record: TaskRecord,
): readonly [channel: string, text: string] {
  return [RECORD, serializer.serialize(record, describeKey(record.task))];
}

/** The records among a checkpoint's writes: of each task the newest. Names of writes ascend with time. */
export function fromWrites(
  serializer: Serializer,
  writes: NonNullable<CheckpointTuple['pendingWrites']>,
): TaskRecord[] {
  const newest = new Map<string, { readonly id: string; readonly record: TaskRecord }>();
  for (const [id, channel, text] of writes) {
    if (channel !== RECORD) continue;
    const record = serializer.deserialize(text as string) as TaskRecord;
    const known = newest.get(record.task);
    if (known === undefined || id >= known.id) newest.set(record.task, { id, record });
  }
  return Array.from(newest.values(), ({ record }) => record);
}

/** Versions may be texts that begin with their number. */
function newestOf(versions: Versions): number {
  return Math.max(0, ...Object.values(versions).map((version) => parseFloat(String(version))));
}

function lost(where: string, what: string): SuperstepError {
  return new SuperstepError(
    'STORAGE_FAILED',
    `Cannot read ${where}: ${what} is not there any more; check what the saver stores, or go on from ` +
      `an earlier checkpoint of the thread`,
  );
}

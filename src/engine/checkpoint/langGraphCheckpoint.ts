import { SuperstepError } from '../model/errors.ts';
import type { Checkpoint, TaskRecord } from '../model/checkpointer.ts';
import { describeKey } from '../model/taskKey.ts';
import type { Serializer } from './serialize.ts';

/** The channel that holds what is not a value, as text. */
const REST = '__superstep__';
/** The channel that records of tasks are written to, as text. */
export const RECORD = '__superstep_task__';
/** Counts up when the form of what is stored changes. */
const FORMAT = 1;

/** A checkpoint in the form of LangGraph.js. */
export interface ChannelCheckpoint {
  readonly v: 4;
  readonly id: string;
  readonly ts: string;
  readonly channel_values: Readonly<Record<string, unknown>>;
  readonly channel_versions: Versions;
  readonly versions_seen: Readonly<Record<string, never>>;
}

/** By channel. No two values of a channel have the same one: not in two branches of a thread, either. */
export type Versions = Readonly<Record<string, number>>;

/** The texts of a checkpoint's values, and the version of each. */
export interface Channels {
  readonly texts: Readonly<Record<string, string>>;
  readonly versions: Versions;
}

/** What a saver of LangGraph.js gives for a checkpoint. */
export interface CheckpointTuple {
  readonly checkpoint: ChannelCheckpoint;
  readonly pendingWrites?: readonly (readonly [task: string, channel: string, value: unknown])[];
}

/**
 * Cuts a checkpoint into channels: one for each value, as text, and one for all the rest.
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
  const version = Math.floor(before?.versions[REST] ?? 0) + 1 + Math.random();
  const texts: Record<string, string> = {};
  const versions: Record<string, number> = {};
  const fresh: Record<string, number> = {};
  for (const key of Object.keys(values)) {
    const kept = written.has(key) ? undefined : before?.texts[key];
    texts[key] = kept ?? serializer.serialize(values[key], `key "${key}"`);
    versions[key] = kept === undefined ? (fresh[key] = version) : before!.versions[key]!;
  }
  versions[REST] = fresh[REST] = version;
  const keys = Object.keys(values);
  const text = serializer.serialize({ format: FORMAT, keys, ...rest }, 'what runs next');
  const stored: ChannelCheckpoint = {
    v: 4,
    id: checkpoint.id,
    ts: new Date(checkpoint.createdAt).toISOString(),
    channel_values: { ...texts, [REST]: text },
    channel_versions: versions,
    versions_seen: {},
  };
  return { stored, channels: { texts, versions }, fresh };
}

/**
 * Reads what {@link toChannels} has made.
 * @param where Names saver and checkpoint in errors.
 * @throws {SuperstepError} STORAGE_VERSION for what LangGraph.js or a newer version has stored;
 * STORAGE_FAILED where a part has been lost.
 */
export function fromChannels(
  serializer: Serializer,
  { channel_values: stored, channel_versions: versions }: ChannelCheckpoint,
  where: string,
): { readonly checkpoint: Checkpoint; readonly channels: Channels } {
  const text = stored[REST];
  if (typeof text !== 'string') {
    if (versions[REST] !== undefined) throw lost(where, 'what runs next');
    throw new SuperstepError(
      'STORAGE_VERSION',
      `Cannot go on from ${where}: it was stored by LangGraph.js, whose checkpoints cannot be read; ` +
        `use another thread_id, or finish the thread there`,
    );
  }
  const { format, keys, ...rest } = serializer.deserialize(text) as Omit<Checkpoint, 'values'> & {
    readonly format: number;
    readonly keys: readonly string[];
  };
  if (format !== FORMAT) {
    throw new SuperstepError(
      'STORAGE_VERSION',
      `Cannot read ${where}: it was stored by a newer version of Superstep (format ${format}); update it`,
      { value: format },
    );
  }
  const texts: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  for (const key of keys) {
    const value = stored[key];
    if (typeof value !== 'string') throw lost(where, `the value of key "${key}"`);
    texts[key] = value;
    values[key] = serializer.deserialize(value);
  }
  return { checkpoint: { ...rest, values }, channels: { texts, versions } };
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

function lost(where: string, what: string): SuperstepError {
  return new SuperstepError(
    'STORAGE_FAILED',
    `Cannot read ${where}: ${what} is not there any more; check what the saver stores, or go on from ` +
      `an earlier checkpoint of the thread`,
  );
}

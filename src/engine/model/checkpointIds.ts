/**
 * Makes the id of a checkpoint: a UUID of version 6, as LangGraph.js makes them, so that ids of both sort
 * by time in one thread. Ids made in one process ascend even within a millisecond; an id is always greater
 * than that of its parent, also when the clock went back or the parent was made on another machine.
 *
 * @param epochMs Milliseconds since the Unix epoch.
 */
export function newCheckpointId(epochMs: number, parentId?: string): string {
  const now = (BigInt(Math.floor(epochMs)) + SINCE_1582) * PER_MS;
  last = now > last ? now : last + 1n;
  const id = toId(last);
  if (parentId === undefined || id > parentId || !UUID6.test(parentId)) return id;
  // The parent is from a clock that was ahead: go on from there.
  last = BigInt(`0x${parentId.slice(0, 8)}${parentId.slice(9, 13)}${parentId.slice(15, 18)}`) + 1n;
  return toId(last);
}

function toId(ticks: bigint): string {
  const hex = ticks.toString(16).padStart(15, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-6${hex.slice(12)}${processPart()}`;
}

const UUID6 = /^[0-9a-f]{8}-[0-9a-f]{4}-6[0-9a-f]{3}-/;

/** Such ids count from the first day of the Gregorian calendar, in steps of 100 ns. */
const SINCE_1582 = 12_219_292_800_000n;
const PER_MS = 10_000n;

/** Of the id made last; ids must ascend over all threads of the process. */
let last = 0n;

/** Tells ids of different processes apart. */
let suffix: string | undefined;

function processPart(): string {
  return (suffix ??= crypto.randomUUID().slice(18));
}

/**
 * A fingerprint of a text: 32 hexadecimal digits, the same on every machine. Names tasks, which must
 * keep their name when a run is resumed. Not for secrets.
 */
export function fingerprint(text: string): string {
  const lanes = [0x2545f491, 0x6c078965, 0x1b873593, 0x5bd1e995];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    for (let lane = 0; lane < 4; lane++) {
      const mixed = Math.imul(lanes[lane]! ^ unit, MULTIPLIERS[lane]!);
      lanes[lane] = mixed ^ (mixed >>> 15);
    }
  }
  return lanes.map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
}

/** Odd, so that no step of a lane loses what went before. */
const MULTIPLIERS = [0x01000193, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f] as const;

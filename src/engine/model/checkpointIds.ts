/**
 * Makes the id of a checkpoint: shaped like a UUID of version 7, so that ids sort by time. Ids made
 * in one process ascend even within a millisecond; an id is always greater than that of its parent,
 * also when the clock went back or the parent was made on another machine.
 *
 * @param epochMs Milliseconds since the Unix epoch.
 */
export function newCheckpointId(epochMs: number, parentId?: string): string {
  const ms = Math.floor(epochMs);
  if (ms > lastMs) {
    lastMs = ms;
    counter = 0;
    prefix = undefined;
  }
  const id = next();
  if (parentId === undefined || id > parentId || !UUID7.test(parentId)) return id;
  // The parent is from a clock that was ahead: go on from there.
  lastMs = parseInt(parentId.slice(0, 8) + parentId.slice(9, 13), 16);
  counter = parseInt(parentId.slice(15, 18), 16) + 1;
  prefix = undefined;
  return next();
}

function next(): string {
  if (counter > 0xfff) {
    lastMs++;
    counter = 0;
    prefix = undefined;
  }
  if (prefix === undefined) {
    const hex = lastMs.toString(16).padStart(12, '0');
    prefix = `${hex.slice(0, 8)}-${hex.slice(8)}-7`;
  }
  return prefix + (counter++).toString(16).padStart(3, '0') + processPart();
}

const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/;

/** Of the id made last; ids must ascend over all threads of the process. */
let lastMs = 0;
let counter = 0;
let prefix: string | undefined;

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

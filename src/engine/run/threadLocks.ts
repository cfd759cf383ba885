import type { Checkpointer } from '../model/checkpointer.ts';
import { SuperstepError } from '../model/errors.ts';
import type { Frame } from './frame.ts';

/** A call that is at work on a thread, or waits until those before it have ended. */
interface Turn {
  /** The run that has the thread; something else for a call that runs nothing. */
  readonly run: object;
  /** The task that makes the call, if one does. */
  readonly caller: Frame | undefined;
  readonly line: Turn[];
  begin: () => void;
}

const lines = new WeakMap<Checkpointer, Map<string, Turn[]>>();
const waiting = new Set<Turn>();

/**
 * Takes a thread for one call: two at once would each go on from the same state, and the one that
 * ends last would undo what the other has written. Calls come in the order in which they were made;
 * other threads, and calls for the same thread on behalf of this one, are not held up.
 *
 * @returns `acquired`: resolves when it is the call's turn, absent if that is now; `release`: gives the thread
 * back, or the place in the line.
 * @throws {SuperstepError} THREAD_BUSY if waiting could never end
 */
export function acquireThread(
  at: { readonly saver: Checkpointer; readonly threadId: string },
  call: { readonly run: object; readonly caller: Frame | undefined },
): { readonly acquired: Promise<void> | undefined; readonly release: () => void } {
  let threads = lines.get(at.saver);
  if (threads === undefined) lines.set(at.saver, (threads = new Map<string, Turn[]>()));
  let line = threads.get(at.threadId);
  if (line === undefined) threads.set(at.threadId, (line = []));
  const turn: Turn = { ...call, line, begin: () => {} };
  if (line.length > 0 && isStuck(turn)) throw busy(at.threadId);
  line.push(turn);
  const release = () => {
    waiting.delete(turn);
    const isFirst = line[0] === turn;
    line.splice(line.indexOf(turn), 1);
    if (line.length === 0) threads.delete(at.threadId);
    else if (isFirst) line[0]!.begin();
  };
  if (line.length === 1) return { acquired: undefined, release };
  waiting.add(turn);
  const acquired = new Promise<void>((resolve) => {
    turn.begin = () => {
      waiting.delete(turn);
      resolve();
    };
  });
  return { acquired, release };
}

/** Whether some call that it would wait for waits, itself or through others, for the caller to end. */
function isStuck(turn: Turn): boolean {
  // Nothing waits for a call that no task makes; thousands of these may stand in one line.
  if (turn.caller === undefined) return false;
  const seen = new Set<Turn>();
  const blocking = [...turn.line];
  for (let blocker = blocking.pop(); blocker !== undefined; blocker = blocking.pop()) {
    if (seen.has(blocker)) continue;
    seen.add(blocker);
    if (isInside(turn, blocker)) return true;
    for (const other of waiting) {
      if (!isInside(other, blocker)) continue;
      blocking.push(...other.line.slice(0, other.line.indexOf(other)));
    }
  }
  return false;
}

/** Whether a call is made by a task of a run, at any depth. */
function isInside({ caller }: Turn, { run }: Turn): boolean {
  for (let frame = caller; frame !== undefined; frame = frame.run.callerTask) {
    if (frame.run === run) return true;
  }
  return false;
}

function busy(threadId: string): SuperstepError {
  return new SuperstepError(
    'THREAD_BUSY',
    `Cannot work on thread "${threadId}" here: the run that makes this call is at work on it, or is ` +
      `waited for by the one that is, so that waiting for its turn would never end; return the update ` +
      `from the node, or use another thread_id`,
    { value: threadId },
  );
}

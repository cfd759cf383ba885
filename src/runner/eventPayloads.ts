import type { RunEvent } from '../engine/model/events.ts';

/** The part of an event that user code determines, and that may be of any kind and size. */
export const payloadKeys: { readonly [T in RunEvent['type']]?: readonly string[] } = {
  runStarted: ['input'],
  continued: ['state'],
  superstepFinished: ['state'],
  taskStarted: ['input'],
  taskWrote: ['update'],
  taskRecalled: ['updates'],
  console: ['text'],
  custom: ['value'],
  warning: ['message'],
  checkpointMade: ['checkpoint'],
  modelStreamed: ['text', 'toolCallChunks', 'reasoning'],
  modelRetrying: ['error'],
  modelFailed: ['error'],
  runFinished: ['output'],
  taskRetrying: ['error'],
  taskFailed: ['error'],
  taskInterrupted: ['interrupts'],
  interrupted: ['interrupts', 'state'],
  runFailed: ['error', 'state'],
};

/** The event as it happened, with a word in the place of what user code brought. */
export function withoutPayload(event: RunEvent, why: string): RunEvent {
  const rest: Record<string, unknown> = { ...event };
  for (const key of payloadKeys[event.type] ?? []) {
    if (key in rest) rest[key] = emptied(rest[key], why);
  }
  return rest as unknown as RunEvent;
}

/** Something of the same kind, since observers count on that. */
function emptied(value: unknown, why: string): unknown {
  if (Array.isArray(value)) return [];
  if (value instanceof Error || (isObject(value) && 'message' in value && 'name' in value)) {
    return { name: 'Error', message: why };
  }
  return isObject(value) ? { '…': why } : why;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

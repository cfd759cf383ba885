import type { ErrorInfo } from '../engine/model/events.ts';
import { toErrorInfo } from '../engine/model/errorInfo.ts';

/** Anything thrown as data; also what defends itself with getters that throw. */
export function describeError(error: unknown): ErrorInfo {
  try {
    return toErrorInfo(error);
  } catch {
    return { name: 'Error', message: 'An error that cannot be read' };
  }
}

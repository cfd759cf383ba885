import type { ErrorInfo } from '../engine/model/events.ts';
import { locate, type UserCode } from '../loader/locate.ts';

const isFrame = /^\s+at /;
const inPackage = /[\\/]node_modules[\\/](?!superstep[\\/])/;

/**
 * An error whose stack shows only what its user can look at: code of the graph file and its imports,
 * and of packages. Frames of Node and of the engine go. The same for its causes and members.
 */
export function withUserStack(error: ErrorInfo, code: UserCode): ErrorInfo {
  const { stack, cause, errors } = error;
  return {
    ...error,
    ...(stack !== undefined && { stack: trim(stack, code) }),
    ...(cause && { cause: withUserStack(cause, code) }),
    ...(errors && { errors: errors.map((member) => withUserStack(member, code)) }),
  };
}

function trim(stack: string, code: UserCode): string {
  const lines = stack.split('\n').filter((line) => {
    return !isFrame.test(line) || inPackage.test(line) || locate({ stack: line }, code);
  });
  return lines.join('\n');
}

import type { ErrorInfo } from '../engine/model/events.ts';
import { userPlaces, type UserCode } from '../loader/locate.ts';
import { isFrame } from '../loader/parseFrame.ts';

const inPackage = /[\\/]node_modules[\\/](?!superstep[\\/])/;

/**
 * An error whose stack shows only what its user can look at: code of the graph file and its imports,
 * and of packages. Frames of Node and of the engine go. The same for its causes and members.
 */
export function withUserStack(error: ErrorInfo, code: UserCode): ErrorInfo {
  const { stack, cause, errors } = error;
  return {
    ...error,
    ...(stack !== undefined && { stack: trim(stack, userPlaces(code)) }),
    ...(cause && { cause: withUserStack(cause, code) }),
    ...(errors && { errors: errors.map((member) => withUserStack(member, code)) }),
  };
}

function trim(stack: string, placeOf: ReturnType<typeof userPlaces>): string {
  const lines = stack
    .split('\n')
    .filter((line) => !isFrame(line) || inPackage.test(line) || placeOf(line) !== undefined);
  return lines.join('\n');
}

import type { ErrorInfo } from '../../engine/model/events.ts';
import { parseFrame, type SourcePlace } from '../../loader/parseFrame.ts';

/**
 * Where an error happened: the innermost frame of its (source-mapped) stack that is neither Node's
 * own nor a package's.
 */
export function sourcePlace(error: ErrorInfo): SourcePlace | undefined {
  const places = (error.stack ?? '').split('\n').map(parseFrame);
  return places.find((place) => place && !/[\\/]node_modules[\\/]/.test(place.file));
}

/** Names of the services, for whoever calls them by HTTP. */
export const THREAD_SERVICE = 'SuperstepThread';
export const EVENT_SERVICE = 'SuperstepEvents';
export const GRAPH_SERVICE = 'SuperstepGraphs';

/**
 * The service that runs the tasks of one version of a graph. Every version has its own: of a service, the server
 * calls the workers that were registered last, and a run under way needs those that have its code.
 */
export function versionService(code: string): string {
  return `SuperstepCode_${code}`;
}

/** The script of worker threads in plain Node programs: loads the module that defines the graph. */
import { packError } from './run/sending.ts';
import { serveTasks } from './run/workers/threadServer.ts';

serveTasks({
  load: (module) => import(module as string),
  toFailure: (thrown) => ({ status: 'unloadable', ...packError(thrown) }),
});

import type { Handler } from './callbackHandler.ts';

/** LangChain's `CallbackManager`, as far as it is used: it hands handlers on, with the run around. */
export interface CallbackManager {
  setHandlers(handlers: readonly Handler[], inherit?: boolean): void;
}

type CallbackManagerClass = new (parentRunId: string) => CallbackManager;

/** Not written as text in the import: bundlers would look for a package that need not be there. */
const MODULE = '@langchain/core/callbacks/manager';

let loading: Promise<void> | undefined;
let loaded: CallbackManagerClass | undefined;

/** Looks for LangChain, once, where somebody listens; without it none of its parts are called. */
export async function loadCallbackManager(): Promise<void> {
  loading ??= import(MODULE).then(
    (module: { readonly CallbackManager?: CallbackManagerClass }) => {
      loaded = module.CallbackManager;
    },
    () => {},
  );
  await loading;
}

/** Handlers in LangChain's own hands, which tells them of events of a program's own, too. */
export function managerOf(
  handlers: readonly Handler[],
  parentRunId: string,
): CallbackManager | undefined {
  if (loaded === undefined) return undefined;
  const manager = new loaded(parentRunId);
  manager.setHandlers(handlers, true);
  return manager;
}

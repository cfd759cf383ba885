import type { FromWebview } from '../protocol/webviewMessages.ts';
import { SAVED_RUN } from '../protocol/panelHtml.ts';
import type { SavedState } from './savedState.ts';

declare function acquireVsCodeApi(): Pick<Host, 'postMessage' | 'getState' | 'setState'>;

/** Who opened the page: the editor, or somebody who was given a run as a file. */
export interface Host {
  /** Nothing runs, and no source can be opened: the page is a file that tells of one run. */
  readonly isFile: boolean;
  postMessage(message: FromWebview): void;
  getState(): unknown;
  setState(state: SavedState): void;
}

/** Finds the host of the page. Of a page that is a file, it tells the page what stands in the file. */
export function findHost(): Host {
  const saved = document.getElementById(SAVED_RUN);
  if (!saved) return { isFile: false, ...pick(acquireVsCodeApi()) };
  return {
    isFile: true,
    postMessage({ type }) {
      if (type !== 'ready') return;
      for (const data of JSON.parse(saved.textContent) as unknown[]) {
        window.dispatchEvent(new MessageEvent('message', { data }));
      }
    },
    getState: () => undefined,
    setState: () => {},
  };
}

function pick(api: ReturnType<typeof acquireVsCodeApi>) {
  return {
    postMessage: (message: FromWebview) => api.postMessage(message),
    getState: () => api.getState(),
    setState: (state: SavedState) => api.setState(state),
  };
}

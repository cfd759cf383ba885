import { layOut, type LayoutInput } from './layOut.ts';

// Lays out one graph, off the thread of the page.
globalThis.addEventListener('message', ({ data }: MessageEvent<LayoutInput>) => {
  globalThis.postMessage(layOut(data));
});

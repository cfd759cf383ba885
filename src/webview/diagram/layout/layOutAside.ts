import source from 'superstep:layout-worker';
import { layOut, type Layout, type LayoutInput } from './layOut.ts';

/** Lays out a graph in a worker, so that the page goes on; on the page itself where there can be none. */
export async function layOutAside(input: LayoutInput): Promise<Layout> {
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  let worker: Worker | undefined;
  try {
    const started = new Worker(url);
    worker = started;
    return await new Promise<Layout>((resolve, reject) => {
      started.addEventListener('message', ({ data }: MessageEvent<Layout>) => resolve(data));
      started.addEventListener('error', () => reject(new Error('no worker')));
      started.postMessage(input);
    });
  } catch {
    return layOut(input);
  } finally {
    worker?.terminate();
    URL.revokeObjectURL(url);
  }
}

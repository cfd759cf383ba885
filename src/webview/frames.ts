/** Milliseconds of work of ours in one frame; the browser takes several times as long to show what came of it. */
const BUDGET_MS = 5;
/** A page that is not seen has no frames. */
const LONGEST_WAIT_MS = 100;

/** Waits for the next frame. */
export function nextFrame(): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, LONGEST_WAIT_MS);
    requestAnimationFrame(() => {
      clearTimeout(late);
      resolve();
    });
  });
}

/**
 * Does something for each item, over as many frames as that takes, so that the page goes on.
 * @param isOver Asked before each frame: nobody needs the rest.
 * @returns Whether it came to the end.
 */
export async function overFrames<T>(
  items: Iterable<T>,
  each: (item: T) => void,
  isOver: () => boolean = () => false,
): Promise<boolean> {
  let until = performance.now() + BUDGET_MS;
  for (const item of items) {
    if (performance.now() > until) {
      await nextFrame();
      if (isOver()) return false;
      until = performance.now() + BUDGET_MS;
    }
    each(item);
  }
  return true;
}

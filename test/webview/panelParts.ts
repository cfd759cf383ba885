import type { Locator, Page } from 'playwright-core';

/** What tells the panel that a run of its first drawing has begun. */
export const started = { type: 'runStarted', revision: 1 };

/** The box of a node in the drawing. */
export function drawn(page: Page, name: string): Locator {
  return page.locator('g.node').filter({ hasText: new RegExp(`^${name}:`) });
}

/** The line of a node in the list. */
export function row(page: Page, id: string): Locator {
  return page.locator(`#nodes [data-id="${id}"]`);
}

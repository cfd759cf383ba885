import type { Direction } from './diagram/mermaidText.ts';
import type { View } from './diagram/viewport.ts';

/** The views of a run, each behind a tab. */
export const TABS = ['diagram', 'timeline', 'state', 'output'] as const;
export type Tab = (typeof TABS)[number];

/** What a panel keeps over a reload; VS Code hands it to the panel's serializer too. */
export interface SavedState {
  readonly direction: Direction;
  readonly listOpen: boolean;
  /** What tests have reached is marked. */
  readonly showsReach: boolean;
  /** The tab that is chosen. */
  readonly tab: Tab;
  /** Where the user moved the drawing of the graph `viewOf`; absent while it is fitted. */
  readonly view?: View | undefined;
  readonly viewOf?: string | undefined;
  /** The subgraphs of the graph `foldedOf` that are drawn as one node; absent until the user has folded any. */
  readonly folded?: readonly string[] | undefined;
  readonly foldedOf?: string | undefined;
  /** The extension's own, from the `restore` message. */
  readonly restore?: string | undefined;
}

/** Reads what `getState` returned, which may come from another version of the panel. */
export function readSavedState(value: unknown): SavedState {
  const { direction, listOpen, showsReach, tab, view, viewOf, folded, foldedOf, restore } = (
    typeof value === 'object' && value !== null ? value : {}
  ) as Partial<SavedState>;
  const isView = view && [view.x, view.y, view.scale].every(Number.isFinite) && view.scale > 0;
  return {
    direction: direction === 'LR' ? 'LR' : 'TD',
    listOpen: listOpen === true,
    showsReach: showsReach === true,
    tab: TABS.find((each) => each === tab) ?? 'diagram',
    view: isView ? view : undefined,
    viewOf: typeof viewOf === 'string' ? viewOf : undefined,
    folded: Array.isArray(folded) ? folded.filter((id) => typeof id === 'string') : undefined,
    foldedOf: typeof foldedOf === 'string' ? foldedOf : undefined,
    restore: typeof restore === 'string' ? restore : undefined,
  };
}

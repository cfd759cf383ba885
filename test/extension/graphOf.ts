import type { GraphDescription } from '../../src/runner/runner.ts';

/** A graph named `g` that is drawn by this text. */
export function graphOf(mermaid: string): GraphDescription {
  return {
    exportName: 'g',
    name: 'g',
    kind: 'graph',
    mermaid,
    nodes: [],
    hasInput: false,
    inputFields: [],
  };
}

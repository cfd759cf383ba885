/**
 * Thrown where a run cannot go on before tasks of it, which are run elsewhere, have their replies. No code of
 * users sees it: it passes through runs of graphs alone.
 */
export class AwaySignal {
  readonly isAway = true;
}

export function isAway(thrown: unknown): thrown is AwaySignal {
  try {
    return thrown instanceof AwaySignal;
  } catch {
    return false; // a proxy that does not let itself be asked
  }
}

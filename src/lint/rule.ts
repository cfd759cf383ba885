import type { SourceRange } from '../loader/source/staticGraph.ts';
import type { LintedFile } from './lintedFile.ts';
import type { Span, TextEdit } from './span.ts';

/** How much a report weighs; `information` says what may well be meant. */
export type Severity = 'error' | 'warning' | 'information';

/** A change that does away with what was reported. */
export interface Fix {
  readonly title: string;
  /** In any order; they do not overlap. */
  readonly edits: readonly TextEdit[];
}

/** What a rule has found. */
export interface Finding {
  readonly at: Span;
  /** What is wrong and what to do, in one sentence or two. */
  readonly message: string;
  /** The best comes first. */
  readonly fixes?: readonly Fix[];
}

/** One kind of mistake that can be seen in the text of a graph file. */
export interface Rule {
  /** In kebab case; as it stands in settings, comments and the page of rules. */
  readonly id: string;
  readonly severity: Severity;
  /** Codes of errors that tell the same once the file is loaded. */
  readonly sameAs?: readonly string[];
  /** One line, without a full stop. */
  readonly title: string;
  /** Why it goes wrong, in Markdown. */
  readonly cause: string;
  /** What to write instead, in Markdown. */
  readonly cure: string;
  /** Code that is reported once by this rule and by no other; the page shows it. */
  readonly example: string;
  /** Reports only what is certain: where the text leaves something open it says nothing. */
  check(file: LintedFile): Iterable<Finding>;
}

/** A finding of a rule, as everything outside sees it. */
export interface Report {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly range: SourceRange;
  readonly fixes: readonly Fix[];
  /** Codes of errors that tell the same once the file is loaded. */
  readonly sameAs: readonly string[];
}

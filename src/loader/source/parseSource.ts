import { parse, type ParserOptions } from '@babel/parser';
import type { Statement } from '@babel/types';
import type { Problem } from '../problem.ts';

type Plugin = NonNullable<ParserOptions['plugins']>[number];

/** What could be read of a source text. */
export interface ParsedSource {
  /** Top-level statements in the order of the text, with positions in the whole text. */
  readonly statements: readonly Statement[];
  /** What the parser did not like, in the order of the text. */
  readonly problems: readonly Problem[];
  /** False if parts of the text could not be read at all. */
  readonly complete: boolean;
}

/** A piece of the text that starts at the beginning of a line. */
interface Chunk {
  readonly text: string;
  readonly index: number;
  readonly line1: number;
}

/** A line that starts a top-level statement, in code that is laid out as usual. */
const STATEMENT_START =
  /^(?=(?:import|export|const|let|var|function|async|class|abstract|declare|type|interface|enum|namespace|await)\b|(?:module\.)?exports\b|[A-Za-z_$][\w$]*\s*(?:\.\s*[A-Za-z_$]|=[^=>]))/gm;

/** Repairs are guesses; with this many broken statements the text is not worth more of them. */
const MAX_REPAIRED = 20;

/**
 * Parses TypeScript or JavaScript by the file's extension and never throws: where the text is
 * broken it is read statement by statement, and a broken statement without its broken lines.
 */
export function parseSource(source: string, fileName: string): ParsedSource {
  const options = optionsFor(fileName);
  const whole: Chunk = { text: source, index: 0, line1: 1 };
  const result = tryParse(whole, options);
  if ('statements' in result) return { ...result, complete: true };

  const statements: Statement[] = [];
  const problems: Problem[] = [];
  let repairs = 0;
  for (const chunk of split(source)) {
    const parsed = tryParse(chunk, options);
    if ('statements' in parsed) {
      statements.push(...parsed.statements);
      problems.push(...parsed.problems);
    } else {
      problems.push(parsed.problem);
      if (repairs++ < MAX_REPAIRED) statements.push(...repair(chunk, parsed, options));
    }
  }
  return {
    statements,
    problems: problems.length > 0 ? problems : [result.problem],
    complete: false,
  };
}

function optionsFor(fileName: string): ParserOptions {
  const extension = /\.([a-z]+)$/i.exec(fileName)?.[1]?.toLowerCase() ?? 'ts';
  const plugins: Plugin[] = ['decorators-legacy', 'decoratorAutoAccessors'];
  if (['ts', 'mts', 'cts', 'tsx'].includes(extension)) plugins.push('typescript');
  if (['tsx', 'jsx', 'js', 'mjs', 'cjs'].includes(extension)) plugins.push('jsx');
  return {
    plugins,
    sourceType: 'module',
    errorRecovery: true,
    attachComment: false,
    allowAwaitOutsideFunction: true,
    allowImportExportEverywhere: true,
    allowNewTargetOutsideFunction: true,
    allowReturnOutsideFunction: true,
    allowSuperOutsideMethod: true,
    allowUndeclaredExports: true,
  };
}

interface Failure {
  readonly problem: Problem;
  /** 0-based, within the chunk. */
  readonly offset: number;
}

function tryParse(
  { text, index, line1 }: Chunk,
  options: ParserOptions,
): { statements: Statement[]; problems: Problem[] } | Failure {
  try {
    const start = line1 > 1 ? { startLine: line1, startColumn: 0, startIndex: index } : {};
    const file = parse(text, { ...options, ...start });
    return { statements: file.program.body, problems: (file.errors ?? []).map(toProblem) };
  } catch (error) {
    // Also a RangeError, for code nested deeper than the parser's stack.
    const at = (error as { loc?: { index?: number } }).loc?.index ?? index + text.length;
    return { problem: toProblem(error), offset: at - index };
  }
}

function toProblem(error: unknown): Problem {
  const { message, loc } = error as Error & { loc?: { line: number; column: number } };
  const problem: Problem = {
    severity: 'error',
    code: 'SYNTAX_ERROR',
    message: message.replace(/ \(\d+:\d+\)$/, ''),
  };
  if (!loc) return problem;
  const [line1, column1] = [loc.line, loc.column + 1];
  return { ...problem, range: { line1, column1, endLine1: line1, endColumn1: column1 } };
}

function split(source: string): Chunk[] {
  const starts = [0, ...[...source.matchAll(STATEMENT_START)].map((match) => match.index)];
  let line1 = 1;
  return starts.map((index, i) => {
    const text = source.slice(index, starts[i + 1]);
    const chunk = { text, index, line1 };
    line1 += countLines(text);
    return chunk;
  });
}

function countLines(text: string): number {
  // As the parser counts: U+2028 and U+2029 end lines as well.
  return text.match(/\r\n|[\n\r\u2028\u2029]/g)?.length ?? 0;
}

/** Reads a broken statement without the line at fault, or else up to it. */
function repair(chunk: Chunk, { offset }: Failure, options: ParserOptions): Statement[] {
  const { text } = chunk;
  const faulty = text.lastIndexOf('\n', Math.max(0, offset - 1)) + 1;
  const before = faulty > 0 ? text.lastIndexOf('\n', faulty - 2) + 1 : 0;
  const attempts = [
    blankLine(text, faulty),
    blankLine(text, before),
    close(text.slice(0, offset)),
    close(text.slice(0, faulty)),
    close(text.slice(0, before)),
    close(text),
  ];
  for (const attempt of attempts) {
    const parsed = tryParse({ ...chunk, text: attempt }, options);
    if ('statements' in parsed && parsed.statements.length > 0) return parsed.statements;
  }
  return [];
}

function blankLine(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  const stop = end < 0 ? text.length : end;
  return text.slice(0, start) + ' '.repeat(stop - start) + text.slice(stop);
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Ends what is open: strings, brackets, and an operator that waits for its right side. */
function close(text: string): string {
  const open: string[] = [];
  let rest = '';
  for (const [token] of text.matchAll(
    /\/\/.*|\/\*[^]*?(?:\*\/|$)|(['"])(?:\\.|(?!\1)[^\\\n])*\1?|`(?:\\[^]|[^\\`])*`?|[()[\]{}]/g,
  )) {
    if (CLOSING[token]) open.push(CLOSING[token]);
    else if (token === open.at(-1)) open.pop();
    else if (/^['"`]/.test(token) && !(token.length > 1 && token.endsWith(token.charAt(0))))
      rest = token.charAt(0);
  }
  const body = rest ? text + rest : text.replace(/[\s.=&|?:+-]+$/, '');
  return body + open.reverse().join('');
}

// The programs in a text of ours, and what they do.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';

const root = join(import.meta.dirname, '../..');
/** What a user imports, and where it is here. */
export const entries = new Map([
  ['superstep', join(root, 'src/engine/index.ts')],
  ['superstep/sqlite', join(root, 'src/engine/sqlite.ts')],
  ['superstep/conformance', join(root, 'src/engine/conformance.ts')],
  ['superstep/testing', join(root, 'src/testing/index.ts')],
  ['superstep/remote', join(root, 'src/remote/index.ts')],
  ['superstep/restate', join(root, 'src/restate/index.ts')],
  ['superstep/bullmq', join(root, 'src/bullmq/index.ts')],
  ['superstep/openai', join(root, 'src/openai/index.ts')],
  ['superstep/prebuilt', join(root, 'src/prebuilt/index.ts')],
]);

export interface Fence {
  /** The line of its first line of code, from 1. */
  readonly line: number;
  /** What follows `ts`: `''`, or `no-run:` and the reason. */
  readonly mark: string;
  readonly code: string;
  /** The heading above it, without its marks. */
  readonly heading: string;
}

/** The fences of a language in a page, in order. */
export function fencesOf(page: string, language: 'ts' | 'sh' = 'ts'): Fence[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\b(.*)\n([^]*?)^\`\`\`$`, 'gm'))].map(
    ({ index, 1: mark = '', 2: code }) => {
      const above = page.slice(0, index);
      return {
        line: above.split('\n').length + 1,
        mark: mark.trim(),
        code: code!,
        heading: [...above.matchAll(/^#+ (.+)$/gm)].at(-1)?.[1] ?? '',
      };
    },
  );
}

/** Programs as a reader puts them together: what has no imports of its own goes on with what is above. */
export function programsOf(fences: readonly Fence[]): Fence[] {
  const programs: Fence[] = [];
  for (const fence of fences) {
    const last = programs.at(-1);
    if (fence.code.startsWith('import ') || last === undefined) programs.push(fence);
    else programs[programs.length - 1] = { ...last, code: `${last.code}${fence.code}` };
  }
  return programs;
}

export interface Ran {
  readonly printed: readonly string[];
  readonly exports: Readonly<Record<string, unknown>>;
  /** What it threw, as the only item. */
  readonly thrown?: readonly [unknown];
}

/** Runs a program as a file in a folder, with the sources as `superstep`. Never throws. */
export async function runProgram(folder: string, name: string, code: string): Promise<Ran> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${name}.ts`);
  await writeFile(
    file,
    code.replace(/'(superstep(?:\/\w+)?)'/g, (_, entry: string) =>
      JSON.stringify(entries.get(entry)),
    ),
  );
  const printed: string[] = [];
  const { log } = console;
  console.log = (...items: unknown[]) => {
    printed.push(items.map((item) => (typeof item === 'string' ? item : inspect(item))).join(' '));
  };
  try {
    const exports = (await import(file)) as Record<string, unknown>;
    await new Promise(setImmediate);
    return { printed, exports };
  } catch (error) {
    return { printed, exports: {}, thrown: [error] };
  } finally {
    console.log = log;
  }
}

/** What the comments behind `console.log` say will be printed, and is not. */
export function missingOutput(code: string, printed: readonly string[]): string[] {
  const lines = printed.map((text) => text.replace(/\s+/g, ' '));
  // A comment tells one line, or all lines of a loop, or, with … at its end, how it begins.
  lines.push(lines.join(' '));
  return outputOf(code).filter((text) => {
    const start = text.replace(/ ?…$/, '');
    return !lines.some((line) => (start === text ? line === text : line.startsWith(start)));
  });
}

/** The comments behind `console.log`, also where the call takes several lines. */
export function outputOf(code: string): string[] {
  return [...code.matchAll(/(?:console\.log\(.*|^[ )}\]]*\);) \/\/ (.+)$/gm)].map(
    ([, text]) => text!,
  );
}

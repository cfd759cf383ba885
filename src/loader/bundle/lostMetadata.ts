import type { PartialMessage } from 'esbuild';
import { tsconfigOf } from './tsconfig.ts';

/** What may hold an `@` that is no decorator. */
const TEXTS_AND_COMMENTS =
  /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/.*|\/\*[^]*?\*\//g;

/**
 * Finds the first decorator of a file whose config asks for the types of what is decorated
 * (`emitDecoratorMetadata`): esbuild reads one file at a time, and leaves them out.
 */
export function findLostMetadata(file: string, text: string): PartialMessage[] {
  if (!text.includes('@') || !/\.[cm]?tsx?$/.test(file)) return [];
  if (tsconfigOf(file)?.compilerOptions['emitDecoratorMetadata'] !== true) return [];
  const code = text.replace(TEXTS_AND_COMMENTS, (part) => ' '.repeat(part.length));
  const found = /@[\p{ID_Start}$_][\w$.]*/u.exec(code);
  if (!found) return [];
  const { 0: decorator, index: at } = found;
  const before = text.slice(0, at).split('\n');
  const start = before.at(-1)!;
  const lineText = start + text.slice(at).split(/\r?\n/, 1)[0]!;
  return [
    {
      text: 'emitDecoratorMetadata has no effect here: decorators get no "design:type", "design:paramtypes" or "design:returntype". Name the types yourself, such as @Inject(Service), or run a build of the TypeScript compiler.',
      location: {
        file,
        line: before.length,
        column: Buffer.byteLength(start),
        length: Buffer.byteLength(decorator),
        lineText,
      },
    },
  ];
}

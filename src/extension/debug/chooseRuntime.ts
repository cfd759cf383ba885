import type { DebugOptions } from '../../runner/debug/debugOptions.ts';
import { nodeTooOld } from '../../runner/nodeVersion.ts';

/** A program that is Node, and what it needs in its environment. */
export type Runtime = NonNullable<DebugOptions['runtime']>;

/**
 * Which program runs what is debugged: the one that is wanted, else the Node of PATH if it is new enough,
 * else the editor itself, which is Node too.
 * @param wanted.path A path or a name; empty: none is wanted.
 * @param wanted.from Who wants it, for messages.
 * @param options.versionOf Tells the version that a program prints, such as `22.15.0`; `undefined` if it
 * cannot be started, or prints something else.
 * @param options.editor The program that this runs in.
 * @throws What is wrong with the program that is wanted.
 */
export async function chooseRuntime(
  wanted: { readonly path: string; readonly from: string },
  {
    versionOf,
    editor,
  }: {
    readonly versionOf: (program: string) => Promise<string | undefined>;
    readonly editor: string;
  },
): Promise<Runtime> {
  const { path, from } = wanted;
  if (path !== '') {
    const version = await versionOf(path);
    const wrong =
      version === undefined ? 'it cannot be started, or is not Node' : nodeTooOld(version);
    if (wrong !== undefined) throw new Error(`${from} names ${path}: ${wrong}`);
    return { path };
  }
  const version = await versionOf('node');
  if (version !== undefined && nodeTooOld(version) === undefined) return { path: 'node' };
  return { path: editor, env: { ELECTRON_RUN_AS_NODE: '1' } };
}

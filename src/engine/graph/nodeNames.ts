import type { End, Start } from '../model/constants.ts';

/** The nodes that a builder knows of; any name where it knows of none, as they come in statements. */
export type Known<N extends string> = [N] extends [Start] ? string : N;

/**
 * What the compiler holds against a name that a builder does not know: `unknown` (nothing), since its
 * node may be added by another statement, unless it looks like a misspelling of one that is known.
 * `compile()` checks all names.
 *
 * @typeParam Ends `START` or `END`, whichever cannot stand here.
 */
export type CheckedName<Name extends string, N extends string, Ends extends string> = [
  Extract<Name, Ends>,
] extends [never]
  ? string extends Name
    ? unknown
    : [Misspelt<Exclude<Name, N | Start | End>, Exclude<N, Start>>] extends [never]
      ? unknown
      : WrongName<Misspelt<Exclude<Name, N | Start | End>, Exclude<N, Start>>>
  : WrongName<Extract<Name, Ends>>;

/** An edge names no node of the graph. */
interface WrongName<Name> {
  readonly 'is not a node of the graph': Name;
}

/** The names that are nearly one of the known ones. */
type Misspelt<Name extends string, N extends string> = Name extends unknown
  ? true extends LooksLike<Lowercase<Name>, N>
    ? Name
    : never
  : never;

type LooksLike<Name extends string, N extends string> = N extends unknown
  ? IsClose<Name, Lowercase<N>, Mistakes<Name> | Mistakes<N>>
  : never;

/** How many letters may be wrong. Of a short name, all that is left would be another name. */
type Mistakes<Name extends string> = Name extends `${infer _A}${infer _B}${infer Rest}`
  ? Rest extends ''
    ? 0
    : Rest extends `${infer _C}${infer _D}${infer More}`
      ? More extends ''
        ? 1
        : 2
      : 1
  : 0;

type Less = [0, 0, 1];
type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';

/**
 * Whether two names differ by at most so many letters. Names with other digits are other names
 * (`step1`, `step2`), and of the shortest ones only a doubled letter is a misspelling.
 */
type IsClose<A extends string, B extends string, D extends 0 | 1 | 2> = A extends `${B}${B}`
  ? true
  : A extends `${infer X}${infer R}`
    ? B extends `${infer Y}${infer S}`
      ? X extends Y
        ? IsClose<R, S, D>
        : D extends 0
          ? false
          : X | Y extends Exclude<X | Y, Digit>
            ? IsClose<R, B, Less[D]> | IsClose<A, S, Less[D]> | IsClose<R, S, Less[D]>
            : false
      : IsShort<A, D>
    : IsShort<B, D>;

/** Whether so little is left of one name that it may be a mistake. */
type IsShort<Rest extends string, D extends 0 | 1 | 2> = Rest extends ''
  ? true
  : D extends 0
    ? false
    : Rest extends `${infer X}${infer R}`
      ? X extends Digit
        ? false
        : IsShort<R, Less[D]>
      : true;

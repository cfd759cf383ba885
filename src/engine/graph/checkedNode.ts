import type { Overwrite } from '../model/overwrite.ts';
import type { Command } from '../model/command.ts';
import type { End } from '../model/constants.ts';

/**
 * Any command, as far as it may be told where results are inferred: if this said what its `goto` is,
 * the compiler would take each name in it for any `string`.
 */
export type AnyCommand = Pick<Command, 'resume'>;

/**
 * What the compiler holds against a node: `unknown` (nothing), or a type whose only property says
 * what is wrong, and which no function has. Without it, keys that the state lacks would pass: an
 * inferred result may have more properties than are wanted.
 *
 * @typeParam R What the node returns, or a promise of it.
 * @typeParam Update What it may return.
 * @typeParam Ends The nodes that its commands may name, END aside.
 */
export type Checked<R, Update, Ends extends string = string> = [
  Problem<Awaited<R>, Update, Ends>,
] extends [never]
  ? unknown
  : Problem<Awaited<R>, Update, Ends>;

/** The same for several nodes, by name or in a list. */
export type CheckedNodes<T, Update> = {
  readonly [K in keyof T]: T[K] extends readonly [unknown, infer Action, ...unknown[]]
    ? readonly [unknown, CheckedAction<Action, Update>, ...unknown[]]
    : CheckedAction<T[K], Update>;
};

type CheckedAction<Action, Update> = Action extends (...args: never[]) => infer R
  ? Checked<R, Update>
  : unknown;

/**
 * What the compiler holds against a node that says what it is given: it may be something of its own,
 * but what is called like a key of the state is read as what that key is.
 */
export type CheckedInput<Given, State> =
  IsAny<State> extends true
    ? unknown
    : State extends Given
      ? unknown
      : [MisreadKeys<Given, State>] extends [never]
        ? unknown
        : WrongInput<MisreadKeys<Given, State>>;

type MisreadKeys<Given, State> = {
  [K in keyof Given & keyof State]: [State[K]] extends [Given[K]] ? never : K;
}[keyof Given & keyof State];

/** What the compiler holds against a router; a name it does not know (`string`) is checked when used. */
export type CheckedRoute<To extends string, Known extends string> = string extends To
  ? unknown
  : [Exclude<To, Known>] extends [never]
    ? unknown
    : UnknownRoute<Exclude<To, Known>>;

/** A node reads a key of the state as a type that it does not have. */
interface WrongInput<Key> {
  readonly 'is a key of the state with another type': Key;
}

/** A router leads to a node that is not there. */
interface UnknownRoute<Name> {
  readonly 'is not a node of the graph': Name;
}

/** An update names a key that the state does not have. */
interface UnknownKey<Key> {
  readonly 'is not a key of the state': Key;
}

/** An update has a value that does not fit its key. */
interface WrongValue<Key> {
  readonly 'is given a value of a wrong type': Key;
}

/** A command goes to a node that is not among the node's `ends`. */
interface UnknownEnd<Name> {
  readonly 'is not among the ends of the node': Name;
}

type Problem<R, Update, Ends extends string = string> =
  IsAny<R> extends true
    ? never
    : R extends null | undefined | void
      ? never
      : R extends readonly (infer Item)[]
        ? Problem<Item, Update, Ends>
        : R extends Command<infer U, infer Goto, infer Graph>
          ? // The graph around has keys of its own.
            Graph extends string
            ? never
            : ProblemOfKeys<U, Update> | ProblemOfValues<U, Update> | ProblemOfGoto<Goto, Ends>
          : AnyCommand extends R
            ? never
            : ProblemOfKeys<R, Update>;

/** A name that the compiler does not know is checked when it is used. */
type ProblemOfGoto<Goto extends string, Ends extends string> = string extends Goto
  ? never
  : [Exclude<Goto, Ends | End>] extends [never]
    ? never
    : UnknownEnd<Exclude<Goto, Ends | End>>;

type ProblemOfKeys<U, Update> =
  IsAny<U> extends true
    ? never
    : string extends keyof U
      ? never
      : [Exclude<keyof U, keyof Update>] extends [never]
        ? never
        : UnknownKey<Exclude<keyof U, keyof Update>>;

type ProblemOfValues<U, Update> =
  IsAny<U> extends true
    ? never
    : {
        [K in keyof U & keyof Update]: Fits<U[K], Update[K]> extends true ? never : WrongValue<K>;
      }[keyof U & keyof Update];

/** A literal has been widened by the time a command is looked at: `string` fits `'a' | 'b'`. */
type Fits<Given, Wanted> = [Given] extends [Wanted | Overwrite<any> | undefined]
  ? true
  : [Extract<Wanted, Given>] extends [never]
    ? false
    : true;

type IsAny<T> = 0 extends 1 & T ? true : false;

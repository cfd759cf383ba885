/** True only if both types are the same; `any` equals only `any`. */
export type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only for `true`: `assertType<Equal<A, B>>()`. */
export declare function assertType<T extends true>(): T;

/** A value of a type, out of nothing: these files are compiled, never run. */
export declare function some<T>(): T;

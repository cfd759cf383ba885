declare module 'superstep:layout-worker' {
  /** The script of the worker, bundled. */
  const source: string;
  export default source;
}

/**
 * The native esbuild, or where that is not installed or cannot run, the slower one for all platforms.
 * @throws What keeps the native one from running, if the other is not there either.
 */
export async function loadEsbuild() {
  try {
    const native = await import('esbuild');
    // It looks for its program only when there is something to do.
    await native.transform('');
    return native;
  } catch (error) {
    return import('esbuild-wasm').catch(() => {
      throw error;
    });
  }
}

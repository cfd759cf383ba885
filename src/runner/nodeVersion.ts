/** The oldest Node with all that we use; package.json says the same, which npm takes for a hint only. */
const oldest = '22.15';

/**
 * Says what is wrong with a Node that is too old.
 *
 * @param version As `process.versions.node` has it, such as `20.19.1`.
 * @returns `undefined` if it will do.
 */
export function nodeTooOld(version: string): string | undefined {
  const isOlder = version.localeCompare(oldest, 'en', { numeric: true }) < 0;
  return isOlder ? `Node ${oldest} or later is needed, and this is Node ${version}` : undefined;
}

/** What was asked for cannot be done; the message is for the user as it stands. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}

/** The command line itself cannot be understood: the usage helps. */
export class SyntaxUsageError extends UsageError {
  override readonly name = 'SyntaxUsageError';
}

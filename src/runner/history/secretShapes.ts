import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';

/** Where a secret stands in a text: from, and up to but without. */
export type Range = readonly [from: number, to: number];

const config = { rules: [{ id: 'recommended', rule: creator }] };

/** Names whose values are secrets, whatever they look like. */
const secretName =
  '(?:(?:api|access|secret|private|auth|encryption|signing)[ _-]?key|token|secret|password|passwd|passphrase|credentials?)';
/** `"apiKey": "…"`, with any name before it in the same word. */
const namedField = new RegExp(
  `"[^"\\\\]*${secretName}\\s*"\\s*:\\s*"((?:[^"\\\\]|\\\\.)+)"`,
  'dgi',
);
/** `SOME_TOKEN=…` and `SOME_TOKEN: …`, as environment files and shells have it. */
const namedVariable =
  /\b[A-Z][A-Z0-9_]*(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)["']?\s*[=:]\s*["']?([^\s"',;]{4,})/dg;
/** A signed token of three parts; secretlint leaves it to a rule that is not among the recommended. */
const webToken = /\b(eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,})/dg;

/**
 * Where secrets stand in a text, by their shapes (those that the maintainers of secretlint recommend to
 * look for, which takes some 5 ms a megabyte) and by the names before them.
 */
export async function findSecrets(text: string): Promise<Range[]> {
  const source = { filePath: 'run.txt', content: text, contentType: 'text' } as const;
  const { messages } = await lintSource({ source, options: { config, noPhysicFilePath: true } });
  return [
    ...messages.map(({ range: [from, to] }): Range => [from, to]),
    ...[namedVariable, webToken].flatMap((shape) => captured(text, shape)),
    ...findNamedFields(text),
  ];
}

/** Where the values of fields stand whose names say that they are secrets, in JSON or what looks like it. */
export function findNamedFields(text: string): Range[] {
  return captured(text, namedField);
}

/** Where the one group of a pattern stands. */
function captured(text: string, shape: RegExp): Range[] {
  return Array.from(text.matchAll(shape), ({ indices }): Range => indices![1]!);
}

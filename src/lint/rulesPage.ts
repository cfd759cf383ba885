import type { Rule } from './rule.ts';
import { RULES } from './rules.ts';

/** What every example of a rule begins with. */
export const EXAMPLE_IMPORTS = `import { Annotation, Command, END, MemorySaver, START, Send, StateGraph } from 'superstep';
import { append, entrypoint, interrupt, task } from 'superstep';
`;

const HEAD = `# What the linter reports

\`superstep check\` and the editor read graph files and report what goes wrong at run time, or not at all.
Nothing is run. What the text does not tell for certain, as where a graph is built in a loop or by a
function of another file, is not reported.

A rule is given another weight, or switched off, by the setting \`superstep.lint.rules\` of the editor and
by \`superstep check --rule ID=off\`: \`error\`, \`warning\`, \`information\` or \`off\`. For one line, a comment
before it does the same:

\`\`\`ts
// superstep-disable-next-line uneven-paths -- the second run is meant
.addEdge('b', 'd')
\`\`\`

The examples are what the rules report. They begin with:

\`\`\`ts
${EXAMPLE_IMPORTS}\`\`\`
`;

/** The page of all rules, in Markdown: `media/lint.md`. */
export function rulesPage(): string {
  return [HEAD, ...RULES.map(section)].join('\n');
}

function section({ id, title, severity, cause, cure, example }: Rule): string {
  return `## ${id}

${title} (${severity}).

**Cause:** ${cause}

**Cure:** ${cure}

\`\`\`ts
${example}
\`\`\`
`;
}

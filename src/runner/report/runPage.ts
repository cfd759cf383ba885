import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import type { RunEvent } from '../../engine/model/events.ts';
import { SAVED_RUN, pageHtml } from '../../protocol/panelHtml.ts';
import type { ToWebview } from '../../protocol/webviewMessages.ts';
import { withoutPayload } from '../eventPayloads.ts';
import { cleanLines } from '../history/cleanLines.ts';

/** Events that are looked through for secrets at once; between them others get their turn. */
const EVENTS_AT_ONCE = 2000;
const WITHHELD = 'Left out, since it held a secret that could not be taken out alone';

/** Where the parts of the panel lie: as URLs of files. */
export interface PageFiles {
  readonly script: URL;
  readonly styles: URL;
  /** Colours and fonts, where there is no editor to give them. */
  readonly theme: URL;
}

/**
 * A run as one page that needs nothing else: the views of the panel, with their script and styles and what
 * the panel is told of the run. Its policy lets it load nothing and connect to nothing, and run no other
 * script. What looks like a secret is taken out, as of what is kept of runs; so is the path of the home
 * folder.
 * @param messages What a panel that shows the run is told, in order, from the graph to the end of the run.
 * @returns The text of an HTML file.
 * @throws what the file system says if the files cannot be read.
 */
export async function runPage(messages: readonly ToWebview[], files: PageFiles): Promise<string> {
  const [script, styles, theme] = await Promise.all(
    [files.script, files.styles, files.theme].map((url) => readFile(url, 'utf8')),
  );
  const graph = messages.find((message) => message.type === 'graph');
  const code = inScript(script!);
  const hash = createHash('sha256').update(code).digest('base64');
  return pageHtml({
    title: graph?.title ?? '',
    windowTitle: `Run of ${graph?.title ?? 'a graph'}`,
    classes: 'saved',
    policy: [
      "default-src 'none'",
      `script-src 'sha256-${hash}'`,
      "style-src 'unsafe-inline'",
      'img-src data:',
      'font-src data:',
      'worker-src blob:',
      "base-uri 'none'",
      "form-action 'none'",
    ],
    styles: `<style>${theme}\n${styles}</style>`,
    scripts:
      `<script type="application/json" id="${SAVED_RUN}">${await dataText(messages)}</script>\n` +
      `<script>${code}</script>`,
  });
}

/** The messages as JSON that can stand in an element of a page. */
async function dataText(messages: readonly ToWebview[]): Promise<string> {
  const texts: string[] = [];
  for (const message of messages) {
    if (message.type !== 'runEvents') {
      texts.push(...(await cleanLines([JSON.stringify(forReading(message))], () => 'null')));
      continue;
    }
    const { type, revision, events } = message;
    for (let at = 0; at < events.length; at += EVENTS_AT_ONCE) {
      const lines = events.slice(at, at + EVENTS_AT_ONCE).map((event) => JSON.stringify(event));
      const cleaned = await cleanLines(lines, withheld);
      const head = JSON.stringify({ type, revision }).slice(0, -1);
      texts.push(`${head},"events":[${cleaned.join(',\n')}]}`);
      await new Promise(setImmediate);
    }
  }
  const home = JSON.stringify(homedir()).slice(1, -1);
  const text = `[${texts.join(',\n')}]`;
  return (home.length > 1 ? text.replaceAll(home, '~') : text).replaceAll('<', '\\u003c');
}

/** Nobody can run, answer or open anything there. */
function forReading(message: ToWebview): ToWebview {
  switch (message.type) {
    case 'graph':
      return { ...message, canRun: false };
    case 'runEnded': {
      const { waits: _, places: __, ...end } = message;
      return end;
    }
    default:
      return message;
  }
}

function withheld(line: string): string {
  return JSON.stringify(withoutPayload(JSON.parse(line) as RunEvent, WITHHELD));
}

/** Nothing in a script may look like its end, nor like the beginning of a comment of the page. */
function inScript(code: string): string {
  return code.replaceAll(/<(?=\/script|!--)/gi, '\\x3c');
}

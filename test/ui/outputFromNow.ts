import assert from 'node:assert/strict';
import type { HostedCode } from '../host/hostedCode.ts';
import { runsEnded } from './startAfresh.ts';

const CHANNEL = 'Superstep';
const BEGIN = /^(?:.* │ )?[\d:.]+ ▶ /gm;
const END = /^(?:.* │ )?(?:Final state|State so far)$/gm;

/** What the output channel says from now on. */
export interface OutputFromNow {
  /** Waits until it matches, and returns it. */
  matching(pattern: RegExp): Promise<string>;
}

/** Waits for the end of the runs that go on first: what they still have to say is not meant. */
export async function outputFromNow(host: HostedCode): Promise<OutputFromNow> {
  await runsEnded(host);
  const start = await host.until(() => {
    const text = host.outputText(CHANNEL);
    assert.ok(count(text, END) >= count(text, BEGIN), 'the end of a run is still to be written');
    return text.length;
  }, 'end of the output of earlier runs');
  return {
    matching: (pattern) =>
      host.until(
        () => {
          const text = host.outputText(CHANNEL).slice(start);
          assert.match(text, pattern);
          return text;
        },
        `${String(pattern)} in the output`,
      ),
  };
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

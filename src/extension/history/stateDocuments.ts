import {
  CodeLens,
  FileSystemError,
  FileType,
  Range,
  Uri,
  window,
  type FileStat,
  type TextDocument,
} from 'vscode';
import { DocumentFileSystem } from '../input/documentFileSystem.ts';
import { takeJson } from '../input/takeJson.ts';
import { STATE_SCHEME, withTarget } from '../input/documentTarget.ts';
import type { GraphTarget } from '../graphs/graphFile.ts';

interface Entry<Origin> {
  readonly origin: Origin;
  text: string;
  writtenAt: number;
}

/** States of checkpoints as JSON documents that live as long as the window. A lens runs from there. */
export class StateDocuments<
  Origin extends { readonly target: GraphTarget },
> extends DocumentFileSystem {
  /** By the path of the URI. */
  readonly #entries = new Map<string, Entry<Origin>>();

  constructor() {
    super(STATE_SCHEME);
  }

  /** @param name Of the document; the same one again is another document. */
  async open(name: string, state: unknown, origin: Origin): Promise<void> {
    const path = `/${this.#entries.size + 1}/${name.replaceAll('/', ' ')}.json`;
    const text = `${JSON.stringify(state, undefined, 2)}\n`;
    this.#entries.set(path, { origin, text, writtenAt: Date.now() });
    const uri = Uri.from({ scheme: STATE_SCHEME, path });
    await window.showTextDocument(withTarget(uri, origin.target), { preview: false });
  }

  /** What stands in a document now, and where it is from; `undefined` if it is no JSON, which is told. */
  async take(
    uri: unknown,
  ): Promise<{ readonly edited: unknown; readonly origin: Origin } | undefined> {
    const place = uri instanceof Uri ? uri : window.activeTextEditor?.document.uri;
    const entry = place?.scheme === STATE_SCHEME ? this.#entries.get(place.path) : undefined;
    if (!place || !entry) return undefined;
    const taken = await takeJson(place, 'state');
    return taken && { edited: taken.value, origin: entry.origin };
  }

  provideCodeLenses({ uri }: TextDocument): CodeLens[] {
    if (!this.#entries.has(uri.path)) return [];
    const title = '$(play)\u00a0Run from here with this state';
    const command = { title, command: 'superstep.runWithState', arguments: [uri] };
    return [new CodeLens(new Range(0, 0, 0, 0), command)];
  }

  stat(uri: Uri): FileStat {
    const { text, writtenAt } = this.#entry(uri);
    return { type: FileType.File, ctime: 0, mtime: writtenAt, size: Buffer.byteLength(text) };
  }

  readFile(uri: Uri): Uint8Array {
    return new TextEncoder().encode(this.#entry(uri).text);
  }

  writeFile(uri: Uri, content: Uint8Array): void {
    const entry = this.#entry(uri);
    entry.text = new TextDecoder().decode(content);
    entry.writtenAt = Date.now();
  }

  /** After a reload of the window it is not known any more. */
  #entry(uri: Uri): Entry<Origin> {
    const entry = this.#entries.get(uri.path);
    if (!entry) throw FileSystemError.FileNotFound(uri);
    return entry;
  }
}

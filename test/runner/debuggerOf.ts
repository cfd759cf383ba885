/** A debugger, as far as tests need one: it speaks the protocol of Node's inspector. */
export class TestDebugger {
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, PromiseWithResolvers<Record<string, any>>>();
  /** URLs of scripts, by id. */
  readonly #scripts = new Map<string, string>();
  #lastId = 0;
  #onPaused: ((frames: readonly Frame[]) => void) | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#onMessage(String(data));
  }

  /** Attaches at the address that an inspector tells. */
  static async attach(url: string): Promise<TestDebugger> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    const attached = new TestDebugger(socket);
    await attached.send('Debugger.enable');
    await attached.send('Runtime.enable');
    return attached;
  }

  /** Lets a process go on that waits for a debugger. */
  begin(): Promise<unknown> {
    return this.send('Runtime.runIfWaitingForDebugger');
  }

  /** The frames of the next stop. */
  paused(): Promise<readonly Frame[]> {
    return new Promise((resolve) => (this.#onPaused = resolve));
  }

  resume(): Promise<unknown> {
    return this.send('Debugger.resume');
  }

  async evaluate(frame: Frame, expression: string): Promise<unknown> {
    const { callFrameId } = frame;
    const { result } = await this.send('Debugger.evaluateOnCallFrame', {
      ...{ callFrameId, expression, returnByValue: true },
    });
    return (result as { value: unknown }).value;
  }

  send(method: string, params: object = {}): Promise<Record<string, any>> {
    const answer = Promise.withResolvers<Record<string, any>>();
    const id = ++this.#lastId;
    this.#answers.set(id, answer);
    this.#socket.send(JSON.stringify({ id, method, params }));
    return answer.promise;
  }

  urlOf({ location }: Frame): string {
    return this.#scripts.get(location.scriptId) ?? '';
  }

  close(): void {
    this.#socket.close();
  }

  #onMessage(text: string): void {
    const message = JSON.parse(text) as {
      id?: number;
      method?: string;
      params?: { callFrames: readonly Frame[]; scriptId: string; url: string };
      result?: Record<string, any>;
    };
    if (message.id !== undefined) this.#answers.get(message.id)?.resolve(message.result ?? {});
    const { method, params } = message;
    if (method === 'Debugger.scriptParsed') this.#scripts.set(params!.scriptId, params!.url);
    if (method === 'Debugger.paused') this.#onPaused?.(params!.callFrames);
  }
}

/** Where a stopped program is. */
export interface Frame {
  readonly callFrameId: string;
  readonly functionName: string;
  readonly location: { readonly scriptId: string };
}

/** A session of the editor's debugger, as far as its listeners look at it. */
export interface FakeSession {
  readonly id: string;
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly parentSession?: FakeSession;
}

type Message = Readonly<Record<string, unknown>>;

interface Tracker {
  onWillReceiveMessage(message: Message): void;
  onDidSendMessage(message: Message): void;
}

interface Factory {
  createDebugAdapterTracker(session: FakeSession): Tracker | undefined;
}

/** A debugger that attaches when the test says so. */
export class FakeDebug {
  readonly #factories = new Set<Factory>();
  readonly #terminated = new Set<(session: FakeSession) => void>();
  readonly #trackers = new Map<FakeSession, readonly Tracker[]>();
  #attached = Promise.withResolvers<boolean>();

  /** What it was told to attach with. */
  configuration: Readonly<Record<string, unknown>> | undefined;
  /** Of the sessions that it was told to end, in order. */
  readonly stopped: string[] = [];

  /** How many listen to it. */
  get listeners(): number {
    return this.#factories.size + this.#terminated.size;
  }

  /** A session begins, and its adapter is not ready yet. */
  begin(id: string, configuration: FakeSession['configuration'], parent?: FakeSession) {
    const session = { id, configuration, ...(parent && { parentSession: parent }) };
    const trackers = [...this.#factories].map((each) => each.createDebugAdapterTracker(session));
    this.#trackers.set(
      session,
      trackers.filter((tracker) => tracker !== undefined),
    );
    return session;
  }

  /** Its adapter says something. */
  says(session: FakeSession, event: string): void {
    for (const tracker of this.#trackers.get(session)!) tracker.onDidSendMessage({ event });
  }

  /** Its adapter is told something. */
  told(session: FakeSession, command: string): void {
    for (const tracker of this.#trackers.get(session)!) tracker.onWillReceiveMessage({ command });
  }

  end(session: FakeSession): void {
    for (const listener of this.#terminated) listener(session);
  }

  /** Attaching comes to its end. */
  async attach(isAttached: boolean): Promise<void> {
    this.#attached.resolve(isAttached);
    this.#attached = Promise.withResolvers<boolean>();
    await new Promise(setImmediate);
  }

  /** What extensions see of it. */
  readonly api = {
    registerDebugAdapterTrackerFactory: (_type: string, factory: Factory) =>
      listed(this.#factories, factory),
    onDidTerminateDebugSession: (listener: (session: FakeSession) => void) =>
      listed(this.#terminated, listener),
    startDebugging: (_folder: undefined, configuration: FakeSession['configuration']) => {
      this.configuration = configuration;
      return this.#attached.promise;
    },
    stopDebugging: async ({ id }: FakeSession) => void this.stopped.push(id),
  };
}

function listed<T>(list: Set<T>, item: T) {
  list.add(item);
  return { dispose: () => list.delete(item) };
}

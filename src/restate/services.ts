import { codeOf, type AnyGraph } from '../remote/index.ts';
import { eventService } from './eventService.ts';
import type { EventPublisher } from './eventPublisher.ts';
import { GRAPH_SERVICE } from './names.ts';
import type { RestateSdk } from './sdk.ts';
import { patience } from './patience.ts';
import { threadService } from './threadService.ts';
import { Versions } from './versions.ts';

/** A graph that workers have. */
export interface ServedGraph {
  /** Under which it is called. */
  readonly graph: string;
  /** The fingerprint of its code. */
  readonly code: string;
  /** What the file that it is of tells besides, such as its input. */
  readonly about?: unknown;
}

/** What the services are made of. */
export interface Served {
  readonly graphs: Readonly<Record<string, AnyGraph>>;
  readonly about?: Readonly<Record<string, unknown>> | undefined;
  /** Absent: nobody can watch. */
  readonly publisher?: EventPublisher | undefined;
}

/**
 * The services that run threads of graphs on Restate. A thread is a virtual object: its calls take turns, each
 * step of `advance` is kept before its tasks begin, and each task is a call of its own, for any worker.
 */
export function restateServices(sdk: RestateSdk, served: Served): object[] {
  const { graphs, about = {} } = served;
  const list = async (): Promise<ServedGraph[]> =>
    Object.entries(graphs).map(([graph, made]) => {
      return { graph, code: codeOf(made), ...(graph in about && { about: about[graph] }) };
    });
  const versions = new Versions(sdk, served);
  return [
    threadService(sdk, versions),
    ...versions.services(),
    eventService(sdk),
    sdk.service({
      name: GRAPH_SERVICE,
      handlers: { list },
      options: { ...patience, journalRetention: 0 },
    }),
  ];
}

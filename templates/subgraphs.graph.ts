// Subgraphs side by side: two graphs are nodes of a third one, and each goes at its own pace.

import { setTimeout as sleep } from 'node:timers/promises';
import { END, START, StateGraph, StateSchema, type NodeConfig } from 'superstep';
import { z } from 'zod';

const pause = (ms: number, { signal }: NodeConfig) => sleep(ms, undefined, { signal });

// Only the keys of a subgraph's output come back to its parent: without one, both would hand back
// `place` as well, and two writes to a key without a reducer are an error.
const Weather = new StateSchema({ place: z.string(), weather: z.string().default('') });
const weather = new StateGraph(Weather, { output: new StateSchema({ weather: z.string() }) })
  .addNode('look_up', async ({ place }, config) => {
    await pause(800, config);
    return { weather: `rain in ${place}` };
  })
  .addNode('word', ({ weather }) => ({ weather: `There will be ${weather}.` }))
  .addEdge(START, 'look_up')
  .addEdge('look_up', 'word')
  .addEdge('word', END)
  .compile({ name: 'weather' });

const Sights = new StateSchema({ place: z.string(), sights: z.array(z.string()).default([]) });
const sights = new StateGraph(Sights, {
  output: new StateSchema({ sights: z.array(z.string()) }),
})
  .addNode('search', async ({ place }, config) => {
    await pause(400, config);
    return { sights: [`the museum of ${place}`, `the old bridge of ${place}`] };
  })
  .addNode('choose', async ({ sights }, config) => {
    await pause(300, config);
    return { sights: sights.filter((sight) => sight.includes('museum')) };
  })
  .addEdge(START, 'search')
  .addEdge('search', 'choose')
  .addEdge('choose', END)
  .compile({ name: 'sights' });

const Trip = new StateSchema({
  place: z.string(),
  weather: z.string().default(''),
  sights: z.array(z.string()).default([]),
  plan: z.string().default(''),
});

export const graph = new StateGraph(Trip)
  .addNode('weather', weather)
  .addNode('sights', sights)
  .addNode('plan', ({ weather, sights }) => ({ plan: `${weather} Visit ${sights.join(', ')}.` }))
  .addEdge(START, 'weather')
  .addEdge(START, 'sights')
  .addEdge(['weather', 'sights'], 'plan')
  .addEdge('plan', END)
  .compile({ name: 'trip' });

export const input = { place: 'Lisbon' };

// The panel reads ids of nodes too, and knows the engine only by what it tells.
export { idsAroundNode, inOneGraph, nodeIdInside, parentOfNode } from '../engine/model/nodeId.ts';

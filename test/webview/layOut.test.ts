import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { layOut, type Layout, type LayoutInput } from '../../src/webview/diagram/layout/layOut.ts';

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Graphs of any shape: cycles, loops, several edges between the same nodes, subgraphs in subgraphs. */
const graphs: fc.Arbitrary<LayoutInput> = fc
  .record({
    nodes: fc.integer({ min: 1, max: 25 }),
    blocks: fc.integer({ min: 0, max: 5 }),
    seed: fc.infiniteStream(fc.nat(9999)),
    edges: fc.integer({ min: 0, max: 50 }),
    isAcross: fc.boolean(),
  })
  .map(({ nodes, blocks, seed, edges, isAcross }) => {
    const below = (limit: number) => (seed.next().value as number) % limit;
    return {
      blocks: Array.from({ length: blocks }, (_, i) => ({
        block: below(i + 1) - 1,
        title: { width: 20 + below(200), height: 40 },
      })),
      nodes: Array.from({ length: nodes }, () => ({
        width: 20 + below(200),
        height: 20 + below(60),
        block: below(blocks + 1) - 1,
      })),
      edges: Array.from({ length: edges }, () => ({
        from: below(nodes),
        to: below(nodes),
        label: below(3) === 0 ? { width: 10 + below(100), height: 20 } : undefined,
      })),
      isAcross,
    };
  });

function nodeBoxes({ nodes }: LayoutInput, layout: Layout): Box[] {
  return nodes.map(({ width, height }, i) => {
    const [x, y] = layout.nodes[i]!;
    return around(x, y, width, height);
  });
}

function around(x: number, y: number, width: number, height: number): Box {
  const [left, right] = [x - width / 2, x + width / 2];
  return { left, right, top: y - height / 2, bottom: y + height / 2 };
}

function blockBox({ x, y, width, height }: Layout['blocks'][number]): Box {
  return { left: x, right: x + width, top: y, bottom: y + height };
}

function overlap(a: Box, b: Box): boolean {
  const hair = 0.01;
  return (
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > hair &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > hair
  );
}

function contains(outer: Box, inner: Box): boolean {
  const hair = 0.01;
  return (
    outer.left <= inner.left + hair &&
    outer.right >= inner.right - hair &&
    outer.top <= inner.top + hair &&
    outer.bottom >= inner.bottom - hair
  );
}

test('nodes and labels are apart from each other, inside of their subgraphs and outside of all others', () => {
  fc.assert(
    fc.property(graphs, (input) => {
      const layout = layOut(input);
      const boxes = nodeBoxes(input, layout);
      const labels = input.edges.flatMap(({ label }, i) => {
        const at = layout.labels[i];
        return at && label ? [around(...at, label.width, label.height)] : [];
      });
      const all = [...boxes, ...labels];
      all.forEach((box, i) => {
        assert.ok(
          all.every((other, j) => i === j || !overlap(box, other)),
          `box ${i}`,
        );
      });
      const insideOf = (block: number, outer: number): boolean =>
        block >= 0 && (block === outer || insideOf(input.blocks[block]!.block, outer));
      layout.blocks.forEach((block, outer) => {
        boxes.forEach((box, i) => {
          const isInside = insideOf(input.nodes[i]!.block, outer);
          assert.equal(contains(blockBox(block), box), isInside, `node ${i} in block ${outer}`);
          assert.equal(overlap(blockBox(block), box), isInside, `node ${i} over block ${outer}`);
        });
      });
      const whole = { left: 0, top: 0, right: layout.width, bottom: layout.height };
      assert.ok([...boxes, ...layout.blocks.map(blockBox)].every((box) => contains(whole, box)));
    }),
    { numRuns: 150 },
  );
});

test('no edge runs over a node, and each begins and ends at the edges of its own', () => {
  fc.assert(
    fc.property(graphs, (input) => {
      const layout = layOut(input);
      const boxes = nodeBoxes(input, layout);
      layout.edges.forEach((points, edge) => {
        const { from, to } = input.edges[edge]!;
        if (from === to) return assert.equal(points.length, 0);
        for (const [point, node] of [
          [points[0]!, from],
          [points.at(-1)!, to],
        ] as const) {
          const { left, right, top, bottom } = boxes[node]!;
          const [x, y] = point;
          assert.ok(x >= left - 0.01 && x <= right + 0.01 && y >= top - 0.01 && y <= bottom + 0.01);
        }
        for (let i = 1; i < points.length; i++) {
          const [[ax, ay], [bx, by]] = [points[i - 1]!, points[i]!];
          // A bend stays between two rows; what it spans must be free.
          const [wider, higher] = input.isAcross ? [-0.1, 0.1] : [0.1, -0.1];
          const span = {
            left: Math.min(ax, bx) - wider,
            right: Math.max(ax, bx) + wider,
            top: Math.min(ay, by) - higher,
            bottom: Math.max(ay, by) + higher,
          };
          assert.ok(
            boxes.every((box, node) => node === from || node === to || !overlap(span, box)),
            `edge ${edge}`,
          );
        }
      });
    }),
    { numRuns: 150 },
  );
});

test('what leads to a node stands above it, or to its left where the drawing goes across', () => {
  const chain = {
    nodes: [0, 1, 2].map(() => ({ width: 100, height: 40, block: -1 })),
    blocks: [],
    edges: [
      { from: 2, to: 0 },
      { from: 0, to: 1 },
    ],
  };
  const [a, b, c] = layOut({ ...chain, isAcross: false }).nodes.map(([, y]) => y);
  assert.ok(c! < a! && a! < b!);
  const [x, y, z] = layOut({ ...chain, isAcross: true }).nodes.map(([left]) => left);
  assert.ok(z! < x! && x! < y!);
});

test('a chain of thousands of nodes, each of which may end, does not fill the memory with corners', () => {
  const count = 3000;
  const layout = layOut({
    nodes: Array.from({ length: count }, () => ({ width: 100, height: 40, block: -1 })),
    blocks: [],
    edges: Array.from({ length: count - 1 }, (_, i) => [
      { from: i, to: i + 1 },
      { from: i, to: count - 1 },
    ]).flat(),
    isAcross: false,
  });
  const corners = layout.edges.reduce((sum, points) => sum + points.length, 0);
  assert.ok(corners < 40 * count, `${corners} corners`);
});

import {
  BranchCoverage,
  DeclarationCoverage,
  FileCoverage,
  StatementCoverage,
  Uri,
  type FileCoverageDetail,
} from 'vscode';
import { graphPlaces, type GraphPlaces } from '../../lint/graphPlaces.ts';
import type { GraphReach } from '../../runner/tests/coverage.ts';
import { toRange } from '../graphs/problems.ts';

/** What tests have reached of the graphs of a file; keeps what the editor asks for when it shows the file. */
export class GraphCoverage extends FileCoverage {
  readonly details: readonly FileCoverageDetail[];

  /** @param reached By the names of the exports. */
  constructor(file: string, text: string, reached: ReadonlyMap<string, GraphReach>) {
    const places = graphPlaces(text, file);
    const details = [...reached].flatMap(([graph, reach]) => {
      const known = places.get(graph);
      return known ? detailsOf(known, reach) : [];
    });
    const { statementCoverage, branchCoverage, declarationCoverage } = FileCoverage.fromDetails(
      Uri.file(file),
      details,
    );
    super(Uri.file(file), statementCoverage, branchCoverage, declarationCoverage);
    this.details = details;
  }
}

/** Nodes are declarations, edges are statements, and the ways of a router its branches. */
function detailsOf(places: GraphPlaces, { nodes, edges }: GraphReach): FileCoverageDetail[] {
  const countOf = (source: string, target: string) =>
    edges.find((edge) => edge.source === source && edge.target === target)?.count ?? 0;
  return [
    ...[...places.nodes].flatMap(([id, range]) => [
      new DeclarationCoverage(id, nodes[id] ?? 0, toRange(range)),
      // Only of statements the editor marks the line.
      new StatementCoverage(nodes[id] ?? 0, toRange(range)),
    ]),
    ...places.edges.map(
      ({ source, target, range }) => new StatementCoverage(countOf(source, target), toRange(range)),
    ),
    ...places.routers.map(({ source, range, ways }) => {
      const branches = [...ways].map(
        ([target, at]) => new BranchCoverage(countOf(source, target), toRange(at), target),
      );
      return new StatementCoverage(nodes[source] ?? 0, toRange(range), branches);
    }),
  ];
}

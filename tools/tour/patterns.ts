/** The patterns that the tour shows, and what each must leave behind. */

export interface ExpectedRun {
  /** The flow's name. */
  readonly flow: string;
  /** Tasks by name, each with the tasks whose results it used: the edges of the graph. */
  readonly tasks: Readonly<Record<string, readonly string[]>>;
  /** Flow runs under this one, in the order of their start. */
  readonly subflows: readonly ExpectedRun[];
  /** What its logs must hold. */
  readonly logs: readonly string[];
}

export interface Pattern {
  readonly number: number;
  readonly title: string;
  /** The program that shows it, from the repository's root. */
  readonly program: string;
  readonly expected: ExpectedRun;
}

export const PATTERNS: readonly Pattern[] = [
  {
    number: 1,
    title: "A flow of tasks",
    program: "examples/01-flow-of-tasks.ts",
    expected: {
      flow: "fact-digest",
      tasks: { fetchCatFact: [], fetchDogFact: [], writeDigest: ["fetchCatFact", "fetchDogFact"] },
      subflows: [],
      logs: ["🐱: ", "🐶: "],
    },
  },
  {
    number: 2,
    title: "Nested flows",
    program: "examples/02-nested-flows.ts",
    expected: {
      flow: "animal-facts",
      tasks: {},
      subflows: [
        { flow: "fetch-cat-fact", tasks: {}, subflows: [], logs: [] },
        { flow: "fetch-dog-fact", tasks: {}, subflows: [], logs: [] },
      ],
      logs: ["🐱: ", "🐶: "],
    },
  },
  {
    number: 3,
    title: "A flow of deployments",
    program: "examples/03-flow-of-deployments.ts",
    expected: {
      flow: "pet-report",
      tasks: {},
      subflows: [
        { flow: "report-cat-fact", tasks: {}, subflows: [], logs: ["🐱: "] },
        { flow: "report-dog-fact", tasks: {}, subflows: [], logs: ["🐶: "] },
      ],
      logs: ["the cats' report is Completed, the dogs' Completed"],
    },
  },
];

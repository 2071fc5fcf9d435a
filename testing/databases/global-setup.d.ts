import type { TestProject } from "vitest/node";
/** What a test file is told: where the server is, or why there is none. */
export type PostgresAnswer =
  | {
      readonly url: string;
    }
  | {
      readonly missing: string;
    };
declare module "vitest" {
  interface ProvidedContext {
    /** The path of the socket that answers with a {@link PostgresAnswer}. */
    readonly postgresSocket: string;
  }
}
export declare function setup(project: TestProject): Promise<void>;
export declare function teardown(): Promise<void>;
//# sourceMappingURL=global-setup.d.ts.map

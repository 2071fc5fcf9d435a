import { defineConfig } from "vitest/config";

/**
 * Vite's own for servers, and ours. Vitest hands them to Node too, for `require` as for `import`: naming `import` here
 * would break packages that have both forms.
 */
const conditions = ["source", "module", "node", "development|production"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ["source"] } },
  test: {
    include: ["**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    pool: "threads",
    maxWorkers: 2,
    testTimeout: 30_000,
    // The default second is too short for a machine that is busy with something else.
    expect: { poll: { timeout: 15_000 } },
    globalSetup: ["testing/databases/global-setup.ts"],
  },
});

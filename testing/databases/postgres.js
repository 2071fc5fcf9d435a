/** PostgreSQL for a test file: one server for the whole run, a database for each who asks. */
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { inject } from "vitest";
import { createDatabase } from "./postgres-cluster.js";
/**
 * The run's PostgreSQL, or null where no server is installed: then skip, as in `describe.skipIf(postgres === null)`.
 *
 * @throws when there is none and `SLUICE_REQUIRE_POSTGRES=1` says that there must be
 */
export async function requestPostgres() {
  const answer = await ask(inject("postgresSocket"));
  if ("missing" in answer) {
    if (process.env["SLUICE_REQUIRE_POSTGRES"] === "1") throw new Error(answer.missing);
    return null;
  }
  return {
    createDatabase: async () => {
      const { url, drop } = await createDatabase(answer);
      return { url, [Symbol.asyncDispose]: drop };
    },
  };
}
async function ask(socket) {
  return JSON.parse(await text(connect(socket))); // written by global-setup.ts
}
//# sourceMappingURL=postgres.js.map

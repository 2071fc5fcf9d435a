/** Blocks where several server processes share one PostgreSQL: one set of types, one key, and no circle of documents. */
import { expect, test } from "vitest";
import { type Api, type Answer, startApi } from "../../server/api/routes/fixtures/api.ts";
import { blocksOf } from "../../server/api/routes/fixtures/blocks.ts";
import { requestPostgres } from "../databases/postgres.ts";

const PROCESSES = 3;
const ROUNDS = 15;

const postgres = await requestPostgres();

/** Several servers that start on the same empty database at the same time, each with a home of its own. */
async function startServers(url: string): Promise<Api[]> {
  return await Promise.all(Array.from({ length: PROCESSES }, () => startApi({ database: url })));
}

test.skipIf(postgres === null)(
  "servers that start together install each type once, and open what another one sealed",
  { timeout: 60_000 },
  async () => {
    if (postgres === null) throw new Error("Skipped without PostgreSQL.");
    await using database = await postgres.createDatabase();
    await using stack = new AsyncDisposableStack();
    const servers = await startServers(database.url);
    for (const server of servers) stack.use(server);
    const { body: types } = await (servers[0] as Api).call("POST", "/block_types/filter");
    const slugs: string[] = types.map(({ slug }: { slug: string }) => slug);
    expect(slugs).toContain("secret");
    expect(new Set(slugs).size).toBe(slugs.length);
    const { body: schemas } = await (servers[0] as Api).call("POST", "/block_schemas/filter");
    expect(schemas).toHaveLength(slugs.length);

    const made = await Promise.all(
      servers.map(async (server, index) => {
        const { body: type } = await server.call("GET", "/block_types/slug/secret");
        const schema = schemas.find((found: { block_type_id: string }) => found.block_type_id === type.id);
        return await blocksOf(server).makeDocument({ type, schema }, `sealed-${index}`, {
          value: `hush-${index}`,
        });
      }),
    );
    for (const server of servers) {
      const opened = await Promise.all(
        made.map(({ body }) => server.call("GET", `/block_documents/${body.id}?include_secrets=true`)),
      );
      expect(opened.map(({ body }) => body.data.value)).toEqual(made.map((_, index) => `hush-${index}`));
    }
  },
);

test.skipIf(postgres === null)(
  "writers that would close a circle together can't both",
  { timeout: 60_000 },
  async () => {
    if (postgres === null) throw new Error("Skipped without PostgreSQL.");
    await using database = await postgres.createDatabase();
    await using stack = new AsyncDisposableStack();
    const servers = await startServers(database.url);
    for (const server of servers) stack.use(server);
    const blocks = blocksOf(servers[0] as Api);
    const of = await blocks.makeSchema();
    const refer = (id: string) => ({ $ref: { block_document_id: id } });
    for (let round = 0; round < ROUNDS; round++) {
      const ids: string[] = [];
      for (let index = 0; index < PROCESSES; index++) {
        ids.push((await blocks.makeDocument(of, `round-${round}-${index}`, {})).body.id);
      }
      // Each adds one edge of the ring.
      const answers: Answer[] = await Promise.all(
        servers.map((server, index) =>
          server.call("PATCH", `/block_documents/${ids[index]}`, {
            data: { next: refer(ids[(index + 1) % PROCESSES] as string) },
          }),
        ),
      );
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 204, 400]);
    }
  },
);

import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { type Api, startApi } from "./fixtures/api.ts";

describe("what is kept on disk", () => {
  it("holds no secret in the clear, and the key lies apart, for its owner alone", async () => {
    const home = await mkdtemp(path.join(tmpdir(), "sluice-blocks-"));
    const database = path.join(home, "data.db");
    const settings = { home, database: `sqlite:${database}` };
    const body = async (server: Api) => {
      const { body: type } = await server.call("GET", "/block_types/slug/secret");
      const block_schemas = { block_type_id: { any_: [type.id] } };
      const [schema] = (await server.call("POST", "/block_schemas/filter", { block_schemas })).body;
      return {
        name: "kept",
        data: { value: "hunter2-hunter2" },
        block_type_id: type.id,
        block_schema_id: schema.id,
      };
    };
    let id: string;
    {
      await using server = await startApi(settings);
      id = (await server.call("POST", "/block_documents/", await body(server))).body.id;
      const rows = new DatabaseSync(database, { readOnly: true });
      const text = JSON.stringify([
        rows.prepare("SELECT * FROM block_document").all(),
        rows.prepare("SELECT * FROM event").all(),
        rows.prepare("SELECT * FROM outbox").all(),
        rows.prepare("SELECT * FROM configuration").all(),
      ]);
      rows.close();
      expect(text).toContain("kept");
      expect(text).not.toContain("hunter2");
      const key = path.join(home, "encryption.key");
      expect((await stat(key)).mode & 0o777).toBe(0o600);
      expect(text).not.toContain((await readFile(key, "utf8")).trim());
    }
    {
      await using again = await startApi(settings);
      const read = await again.call("GET", `/block_documents/${id}?include_secrets=true`);
      expect(read.body.data).toEqual({ value: "hunter2-hunter2" });
    }
    await using stranger = await startApi({ ...settings, encryptionKey: "another key than before" });
    expect(await stranger.call("GET", `/block_documents/${id}?include_secrets=true`)).toMatchObject({
      status: 500,
    });
    await rm(home, { recursive: true, force: true });
  });
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEmbeddedServer, type EmbeddedServer } from "./embedded.ts";

const API = "http://sluice.embedded/api";
let home: string;
let server: EmbeddedServer;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), "sluice-embedded-"));
  server = await createEmbeddedServer({ home }, {});
});
afterEach(async () => {
  await server.close();
  await rm(home, { recursive: true, force: true });
});

async function post(
  target: string,
  body: unknown,
): Promise<any> /* oxlint-disable-line typescript/no-explicit-any -- answers of every shape */ {
  const answer = await server.fetch(`${API}${target}`, { method: "POST", body: JSON.stringify(body) });
  return await answer.json();
}

describe("an embedded server", () => {
  it("serves the API without a port, and keeps what it is told for the next one on the same home", async () => {
    const flow = await post("/flows/", { name: "flow" });
    const run = await post("/flow_runs/", { flow_id: flow.id, state: { type: "RUNNING" } });
    await post(`/flow_runs/${run.id}/set_state`, { state: { type: "COMPLETED" } });
    await server.close();
    server = await createEmbeddedServer({ home }, {});
    const again = await server.fetch(`${API}/flow_runs/${run.id}`);
    expect(await again.json()).toMatchObject({ id: run.id, state_type: "COMPLETED" });
  });

  it("takes events and logs as they are on the wire", async () => {
    const flow = await post("/flows/", { name: "flow" });
    const run = await post("/flow_runs/", { flow_id: flow.id });
    await server.ingestLogs([
      { name: "l", level: 20, message: "hello", timestamp: "2026-01-01T00:00:00Z", flow_run_id: run.id },
    ]);
    const event = {
      id: "0198c0de-0000-7000-8000-00000000000c",
      occurred: new Date().toISOString(),
      event: "my.event",
      resource: { "prefect.resource.id": "my.thing" },
      related: [],
      payload: {},
    };
    await server.ingestEvents([event]);
    expect(await post("/logs/filter", {})).toMatchObject([{ message: "hello" }]);
    const { events } = await post("/events/filter", { filter: { event: { name: ["my.event"] } } });
    expect(events).toMatchObject([{ id: event.id }]);
  });

  it("answers as a server with a port would: unknown paths, bad bodies, 204 without a body", async () => {
    expect((await server.fetch(`${API}/nothing`)).status).toBe(404);
    expect((await server.fetch(`${API}/flows/`, { method: "POST", body: "{" })).status).toBe(422);
    const flow = await post("/flows/", { name: "flow" });
    const gone = await server.fetch(`${API}/flows/${flow.id}`, { method: "DELETE" });
    expect(gone.status).toBe(204);
    expect(await gone.text()).toBe("");
  });
});

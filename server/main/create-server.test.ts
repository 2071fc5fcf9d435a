import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createServer as createTcpServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type Api, startApi } from "../api/routes/fixtures/api.ts";
import { createServer } from "./create-server.ts";
import { createLogger } from "./logger.ts";
import { readSettings } from "./settings.ts";

const logger = createLogger({ level: "silent", pretty: false, stream: process.stderr });
let api: Api | null = null;
afterEach(async () => {
  await api?.[Symbol.asyncDispose]();
  api = null;
});

describe("a server", () => {
  it("says that it is well, who it is, and what it can do", async () => {
    api = await startApi();
    expect((await api.call("GET", "/health")).body).toBe(true);
    expect((await api.call("GET", "/ready")).body).toEqual({ message: "OK" });
    expect((await api.call("GET", "/version")).body).toBe("0.8.4");
    expect((await api.call("GET", "/admin/version")).body).toMatch(/^3\.\d+\.\d+$/);
    expect((await api.call("GET", "/csrf-token?client=x")).body).toEqual({
      detail: "CSRF protection is disabled.",
    });
    const { body: openapi } = await api.call("GET", "/openapi.json");
    expect(
      openapi.paths["/flow_runs/{id}/set_state"] ?? openapi.paths["/api/flow_runs/{id}/set_state"],
    ).toBeDefined();
    expect((await fetch(`${api.url}/docs`)).headers.get("content-type")).toContain("text/html");
    expect(await (await fetch(`${api.url}/ui-settings`)).json()).toMatchObject({
      api_url: "/api",
      auth: null,
    });
  });

  it("counts its requests by route, not by path", async () => {
    api = await startApi();
    await api.call("GET", "/flows/00000000-0000-0000-0000-000000000000");
    const { body: text } = await api.call("GET", "/metrics");
    expect(text).toMatch(
      /sluice_server_request_duration_seconds_count\{method="GET",route="\/api\/flows\/:id[^"]*",status="404"\} 1/,
    );
    expect(text).toContain("sluice_server_database_up 1");
  });

  it("hands CSRF tokens to clients and wants them back with writes", async () => {
    api = await startApi({ csrfProtection: true });
    expect((await api.call("POST", "/flows/", { name: "a" })).body).toEqual({
      detail: "Missing CSRF token.",
    });
    const { body: first } = await api.call("GET", "/csrf-token?client=c1");
    const { body: token } = await api.call("GET", "/csrf-token?client=c1");
    expect(token.id).toBe(first.id);
    expect(token.token).toMatch(/^[0-9a-f]{64}$/);
    const write = (value: string) =>
      api?.call(
        "POST",
        "/flows/",
        { name: "a" },
        { "prefect-csrf-token": value, "prefect-csrf-client": "c1" },
      );
    expect((await write(token.token))?.status).toBe(201);
    expect((await write(first.token))?.status).toBe(403);
  });

  it("shows its settings without their secrets", async () => {
    api = await startApi({ authString: "admin:hunter2" });
    const headers = { authorization: `Basic ${btoa("admin:hunter2")}` };
    expect((await api.call("GET", "/admin/settings")).status).toBe(401);
    const { body } = await api.call("GET", "/admin/settings", undefined, headers);
    expect(body.server).toMatchObject({ authString: "********", host: "127.0.0.1" });
    expect(JSON.stringify(body)).not.toContain("hunter2");
  });
});

describe("starting", () => {
  it("says in one line that the port is taken", async () => {
    const blocker = createTcpServer();
    await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
    const { port } = blocker.address() as { port: number };
    await expect(startApi({ port })).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is taken: another server may be running. Stop it, or choose another with --port.`,
    );
    blocker.close();
  });

  it("is refused beyond loopback without protection", async () => {
    const settings = readSettings({}, { host: "0.0.0.0", port: 0, database: "sqlite::memory:" });
    await expect(createServer(settings, logger)).rejects.toThrow(/Refusing to listen on 0.0.0.0/);
  });
});

describe("stopping", () => {
  it("answers the requests that are on their way, and keeps what it has acknowledged", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "sluice-stop-"));
    const database = `sqlite:${folder}/test.db`;
    const first = await startApi({ database });
    const { body: flow } = await first.call("POST", "/flows/", { name: "stopping" });
    // Connections that the server has accepted: what waits before that, the system cuts off.
    await Promise.all(Array.from({ length: 50 }, () => first.call("GET", "/health")));
    const underWay = Array.from({ length: 50 }, () =>
      first.call("POST", "/flow_runs/", { flow_id: flow.id }),
    );
    await underWay[0];
    const [answers] = await Promise.all([Promise.all(underWay), first[Symbol.asyncDispose]()]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));

    api = await startApi({ database });
    expect((await api.call("POST", "/flow_runs/count", {})).body).toBe(50);
    await rm(folder, { recursive: true, force: true });
  });

  it("may be asked for twice", async () => {
    const settings = readSettings({}, { port: 0, database: "sqlite::memory:" });
    const server = await createServer(settings, logger);
    await server.start();
    await Promise.all([server.stop(), server.stop()]);
    await expect(fetch(`${server.url}/api/health`)).rejects.toThrow("fetch failed");
  });
});

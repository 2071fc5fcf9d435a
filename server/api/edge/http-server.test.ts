import { connect } from "node:net";
import { endpoint } from "@sluice/schemas";
import type { FastifyInstance } from "fastify";
import pino from "pino";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { Refusal } from "../../commands/errors.ts";
import { StoreConflictError, StoreUnavailableError } from "../../store/errors.ts";
import { createHttpServer, type HttpServerOptions } from "./http-server.ts";
import { json } from "./reply.ts";
import { route } from "./route.ts";

const thing = { tag: "Things", summary: "", statuses: [200] } as const;
const params = z.object({ id: z.string() });

const failures: Record<string, () => Error> = {
  refused: () => new Refusal("locked", "Locked", { "retry-after": "1.5" }),
  conflict: () => new StoreConflictError("key", { constraint: "things_pkey" }),
  away: () => new StoreUnavailableError("connection refused to db.internal"),
  defect: () => new TypeError("secret is undefined"),
};

const routes = [
  route(endpoint({ ...thing, operationId: "health", method: "GET", path: "/health" }), () => json(true)),
  route(
    endpoint({
      ...thing,
      operationId: "create",
      method: "POST",
      path: "/things/",
      body: z.strictObject({ name: z.string() }),
    }),
    ({ body }, call) => json({ ...body, actor: call.actor.type, api_url: call.api_url }),
  ),
  route(
    endpoint({ ...thing, operationId: "read", method: "GET", path: "/things/{id}", params }),
    ({ params }) => json(params),
  ),
  route(endpoint({ ...thing, operationId: "count", method: "POST", path: "/things/count" }), () => json(3)),
  route(
    endpoint({
      ...thing,
      operationId: "fail",
      method: "GET",
      path: "/failures/{kind}",
      params: z.object({ kind: z.string() }),
    }),
    ({ params }) => {
      throw failures[params.kind]?.() ?? new Error("unknown kind");
    },
  ),
];

const AUTH = `Basic ${Buffer.from("admin:pass").toString("base64")}`;
const THING = "/api/things/0198c0de-0000-7000-8000-000000000001";
const lines: string[] = [];
let app: FastifyInstance;

async function serve(options: Partial<HttpServerOptions> = {}): Promise<void> {
  lines.length = 0;
  app = await createHttpServer({
    routes,
    logger: pino({ level: "info" }, { write: (line) => void lines.push(line) }),
    network: { listenHost: "127.0.0.1", allowedHosts: [], allowedOrigins: [] },
    authString: null,
    csrf: null,
    bodyLimitBytes: 1000,
    ...options,
  });
}

afterEach(() => app.close());

describe("credentials", () => {
  it("are asked for before anything else, also of paths that don't exist", async () => {
    await serve({ authString: "admin:pass" });
    for (const url of [THING, "/api/nothing", "/api/things/", "/api/health?x=1"]) {
      const answer = await app.inject({ method: "POST", url });
      expect(answer.statusCode, url).toBe(401);
      expect(answer.json()).toEqual({ exception_message: "Unauthorized" });
    }
  });

  it("let in who has them and nobody else", async () => {
    await serve({ authString: "admin:pass" });
    const wrong = `Basic ${Buffer.from("admin:pas").toString("base64")}`;
    expect((await app.inject({ url: THING, headers: { authorization: wrong } })).statusCode).toBe(401);
    expect((await app.inject({ url: THING, headers: { authorization: AUTH } })).statusCode).toBe(200);
  });

  it("are not asked for by health probes", async () => {
    await serve({ authString: "admin:pass" });
    expect((await app.inject({ url: "/api/health" })).statusCode).toBe(200);
  });

  it.each([
    "/%61pi/things/0198c0de-0000-7000-8000-000000000001",
    "/api/%74hings/0198c0de-0000-7000-8000-000000000001",
  ])("can't be got around by spelling a path as %s", async (url) => {
    await serve({ authString: "admin:pass" });
    expect((await app.inject({ url })).statusCode).toBe(401);
  });
});

describe("CSRF protection", () => {
  const csrf = { tokenOf: (client: string) => Promise.resolve(client === "c1" ? "t1" : null) };
  const write = (headers: Record<string, string>) =>
    app.inject({ method: "POST", url: "/api/things/", payload: { name: "a" }, headers });

  it("lets writes through that carry their client's token", async () => {
    await serve({ csrf });
    const answer = await write({ "prefect-csrf-token": "t1", "prefect-csrf-client": "c1" });
    expect(answer.statusCode).toBe(200);
  });

  it.each([
    [{}, "Missing CSRF token."],
    [{ "prefect-csrf-token": "t1" }, "Missing client identifier."],
    [{ "prefect-csrf-token": "t2", "prefect-csrf-client": "c1" }, "Invalid CSRF token or client identifier."],
    [{ "prefect-csrf-token": "t1", "prefect-csrf-client": "c2" }, "Invalid CSRF token or client identifier."],
  ])("refuses the headers %j with: %s", async (headers, detail) => {
    await serve({ csrf });
    const answer = await write(headers);
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toEqual({ detail });
  });

  it("leaves reads alone", async () => {
    await serve({ csrf });
    expect((await app.inject({ url: THING })).statusCode).toBe(200);
  });
});

describe("pages of an allowed origin", () => {
  const allowedOrigins = ["http://ui.example"];
  const network = { listenHost: "127.0.0.1", allowedHosts: [], allowedOrigins };

  it("are told so before they write, without credentials", async () => {
    await serve({ network, authString: "admin:pass" });
    const headers = {
      origin: "http://ui.example",
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type",
    };
    const answer = await app.inject({ method: "OPTIONS", url: "/api/things/", headers });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers["access-control-allow-origin"]).toBe("http://ui.example");
    expect(answer.headers["access-control-allow-methods"]).toContain("PATCH");
  });

  it("can read refusals too", async () => {
    await serve({ network, authString: "admin:pass" });
    const answer = await app.inject({ url: THING, headers: { origin: "http://ui.example" } });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers["access-control-allow-origin"]).toBe("http://ui.example");
  });
});

describe("large answers", () => {
  it("are compressed for those who can read that, small ones for nobody", async () => {
    await serve({ bodyLimitBytes: 100_000 });
    const answerOf = (length: number) =>
      app.inject({
        method: "POST",
        url: "/api/things/",
        payload: { name: "x".repeat(length) },
        headers: { "accept-encoding": "gzip, deflate" },
      });
    expect((await answerOf(10_000)).headers["content-encoding"]).toBe("gzip");
    expect((await answerOf(100)).headers["content-encoding"]).toBeUndefined();
  });
});

describe("web pages of others", () => {
  it("are refused by their Origin", async () => {
    await serve();
    const headers = { origin: "http://attacker.example", host: "127.0.0.1:4200" };
    const answer = await app.inject({ method: "POST", url: "/api/things/", payload: { name: "a" }, headers });
    expect(answer.statusCode).toBe(403);
  });

  it("are refused by the Host when their name points at this machine", async () => {
    await serve();
    const host = "attacker.example:4200";
    const answer = await app.inject({ url: THING, headers: { host, origin: `http://${host}` } });
    expect(answer.statusCode).toBe(403);
  });
});

describe("routing", () => {
  it.each([
    ["GET", "/api/nothing", 404, '{"detail":"Not Found"}', undefined],
    ["GET", "/api/things/no-uuid", 404, '{"detail":"Not Found"}', undefined],
    ["GET", "/elsewhere", 404, '{"detail":"Not Found"}', undefined],
    ["GET", "/api/things/count", 405, '{"detail":"Method Not Allowed"}', "POST"],
    ["HEAD", "/api/health", 405, "", "GET"],
  ] as const)("answers %s %s with %i", async (method, url, status, body, allow) => {
    await serve();
    const answer = await app.inject({ method, url });
    expect(answer.statusCode).toBe(status);
    expect(answer.payload).toBe(body);
    expect(answer.headers.allow).toBe(allow);
  });

  it("sends a path whose trailing slash is missing or too much to the right one, with its query", async () => {
    await serve();
    const headers = { host: "127.0.0.1:4200" };
    const missing = await app.inject({ method: "POST", url: "/api/things?a=1", headers });
    expect(missing.statusCode).toBe(307);
    expect(missing.headers.location).toBe("http://127.0.0.1:4200/api/things/?a=1");
    const tooMuch = await app.inject({ url: `${THING}/`, headers });
    expect(tooMuch.headers.location).toBe(`http://127.0.0.1:4200${THING}`);
  });

  it("serves the default workspace under its long path too, and no other", async () => {
    await serve();
    const account = "/api/accounts/00000000-0000-4000-8000-000000000000/workspaces";
    const inDefault = await app.inject({
      method: "POST",
      url: `${account}/00000000-0000-4000-8000-000000000001/things/`,
      payload: { name: "a" },
      headers: { host: "h.localhost" },
    });
    expect(inDefault.json()).toMatchObject({
      name: "a",
      api_url: `http://h.localhost${account}/00000000-0000-4000-8000-000000000001`,
    });
    const elsewhere = await app.inject({ url: `${account}/00000000-0000-4000-8000-000000000002/health` });
    expect(elsewhere.statusCode).toBe(404);
  });
});

describe("bodies", () => {
  const post = (payload: string, headers: Record<string, string> = {}) =>
    app.inject({ method: "POST", url: "/api/things/", payload, headers });

  it("are JSON when no type is given, as old clients have it", async () => {
    await serve();
    expect((await post('{"name":"a"}')).json()).toMatchObject({ name: "a" });
  });

  it("of another type are refused by the endpoint's schema", async () => {
    await serve();
    const answer = await post('{"name":"a"}', { "content-type": "text/plain" });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({
      exception_message: "Invalid request received.",
      exception_detail: [{ type: "model_attributes_type", loc: ["body"] }],
      request_body: '{"name":"a"}',
    });
  });

  it("that are missing are named as such", async () => {
    await serve();
    const answer = await post("");
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toEqual({
      exception_message: "Invalid request received.",
      exception_detail: [{ type: "missing", loc: ["body"], msg: "Field required", input: null }],
      request_body: null,
    });
  });

  it("past the bound get 413 and a clear word", async () => {
    await serve();
    const answer = await post(JSON.stringify({ name: "x".repeat(2000) }));
    expect(answer.statusCode).toBe(413);
    expect(answer.json()).toEqual({ detail: "Request body must not be larger than 1,000 bytes." });
  });
});

describe("stated versions", () => {
  it("too old or unreadable are refused with 400", async () => {
    await serve();
    for (const version of ["0.7.0", "abc"]) {
      const answer = await app.inject({ url: THING, headers: { "x-prefect-api-version": version } });
      expect(answer.statusCode).toBe(400);
      expect(answer.json().detail).toContain(version);
    }
  });
});

describe("errors", () => {
  it.each([
    ["refused", 423, { detail: "Locked" }, 0],
    ["conflict", 409, { detail: expect.stringMatching(/^Data integrity conflict\./) }, 1],
    ["away", 503, { exception_message: "Service Unavailable" }, 1],
    ["defect", 500, { exception_message: "Internal Server Error" }, 1],
  ])(
    "of the kind %s answer %i, tell the client no more than it needs, and are logged when unforeseen",
    async (kind, status, body, logged) => {
      await serve();
      const answer = await app.inject({ url: `/api/failures/${kind}` });
      expect(answer.statusCode).toBe(status);
      expect(answer.json()).toEqual(body);
      expect(lines).toHaveLength(logged);
    },
  );

  it("carry the headers of their refusal", async () => {
    await serve();
    expect((await app.inject({ url: "/api/failures/refused" })).headers["retry-after"]).toBe("1.5");
  });
});

describe("request ids", () => {
  it("are the caller's when they are fit for a log, else fresh", async () => {
    await serve();
    const given = await app.inject({ url: THING, headers: { "x-request-id": "trace-1" } });
    expect(given.headers["x-request-id"]).toBe("trace-1");
    const unfit = await app.inject({ url: THING, headers: { "x-request-id": "a b<script>" } });
    expect(unfit.headers["x-request-id"]).toMatch(/^req-/);
  });
});

describe("a client that speaks no HTTP", () => {
  it("is turned away without harm to the server", async () => {
    await serve();
    await app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = app.server.address() as { port: number };
    const said = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => socket.write("\0\0\0 nonsense\r\n\r\n"));
      let text = "";
      socket.on("data", (chunk) => (text += chunk.toString()));
      socket.on("close", () => resolve(text));
      socket.on("error", reject);
    });
    expect(said).toMatch(/^HTTP\/1.1 400/);
    expect((await app.inject({ url: THING })).statusCode).toBe(200);
  });
});

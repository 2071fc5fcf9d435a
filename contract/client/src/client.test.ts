import { endpoints } from "@sluice/schemas";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createClient } from "./client.ts";
import {
  IncompatibleServer,
  ObjectAlreadyExists,
  ObjectNotFound,
  ServerUnreachable,
  SlotsTaken,
  Unauthorized,
  UnexpectedAnswer,
  ValidationError,
} from "./errors.ts";
import type { HttpConnectionOptions } from "./http/http-connection.ts";
import { ScriptedServer } from "./test/scripted-server.ts";

const ID = "01a2022f-5637-7651-be59-2f08b30d0712";
let server: ScriptedServer;
/** Seconds of the waits between tries, in the order in which they were asked for. */
let waits: number[];

beforeEach(async () => {
  server = await new ScriptedServer().listen();
  waits = [];
});
afterEach(() => server.close());

function open(options: Partial<HttpConnectionOptions> = {}) {
  return createClient(endpoints, {
    apiUrl: server.apiUrl,
    retry: { jitterFactor: 0 },
    sleep: (milliseconds) => {
      waits.push(milliseconds / 1000);
      return Promise.resolve();
    },
    ...options,
  });
}

function readFlow(client = open()) {
  return client.operations.readFlow({ params: { id: ID } });
}

describe("a request", () => {
  test("carries the headers from which servers tell a client's version", async () => {
    await readFlow();
    expect(server.requests[0]?.headers).toMatchObject({
      "user-agent": "prefect/3.8.8 (API 0.8.4)",
      "x-prefect-api-version": "0.8.4",
    });
  });

  test.each([
    [{ authString: "admin:pässword" }, "Basic YWRtaW46cMOkc3N3b3Jk"],
    [{ apiKey: "pnu_1" }, "Bearer pnu_1"],
    [{ apiKey: "pnu_1", authString: "a:b" }, "Basic YTpi"],
    [{}, undefined],
  ])("with %j is authorized by %j", async (credentials, header) => {
    await readFlow(open(credentials));
    expect(server.requests[0]?.headers.authorization).toBe(header);
  });

  test("carries the user's headers, except in place of protected ones", async () => {
    await readFlow(open({ headers: { "X-Team": "data", "user-agent": "curl" } }));
    expect(server.requests[0]?.headers).toMatchObject({
      "x-team": "data",
      "user-agent": "prefect/3.8.8 (API 0.8.4)",
    });
  });

  test("has its path filled and its body as JSON", async () => {
    const client = open();
    await client.operations.readFlowRunInput({ params: { id: ID, key: "a/b c" } });
    await client.operations.createFlow({ body: { name: "daily" } });
    expect(server.calls.map(({ method, url, body }) => `${method} ${url} ${body}`)).toEqual([
      `GET /api/flow_runs/${ID}/input/a%2Fb%20c `,
      'POST /api/flows/ {"name":"daily"}',
    ]);
    expect(server.calls[1]?.headers["content-type"]).toBe("application/json");
  });

  test("for a text gives the raw text, for nothing undefined", async () => {
    const client = open();
    server.answers.push({ status: 200, body: '"quoted"' }, { status: 204, body: "" });
    expect(await client.operations.readFlowRunInput({ params: { id: ID, key: "k" } })).toBe('"quoted"');
    expect(await client.operations.deleteFlowRunInput({ params: { id: ID, key: "k" } })).toBeUndefined();
  });
});

describe("a refusal", () => {
  test.each([
    [404, { detail: "Flow not found" }, ObjectNotFound],
    [409, { detail: "exists" }, ObjectAlreadyExists],
    [401, { exception_message: "Unauthorized" }, Unauthorized],
  ])("with status %i is an error of its own kind", async (status, body, kind) => {
    server.answers.push({ status, body });
    await expect(readFlow()).rejects.toThrow(kind);
  });

  test("says what was asked of which address, and why it was refused", async () => {
    server.answers.push({ status: 404, body: { detail: "Flow not found" } });
    await expect(readFlow()).rejects.toThrow(
      `GET ${server.apiUrl}/flows/${ID} was answered with 404: Flow not found`,
    );
  });

  test("of a field names the field", async () => {
    const exception_detail = [{ type: "missing", loc: ["body", "name"], msg: "Field required", input: {} }];
    server.answers.push({
      status: 422,
      body: { exception_message: "Invalid request received.", exception_detail },
    });
    const refusal = await open()
      .operations.createFlow({ body: { name: "" } })
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ValidationError);
    expect(refusal).toMatchObject({
      fields: [{ path: ["body", "name"], message: "Field required" }],
      message: expect.stringContaining("body.name: Field required") as string,
    });
  });

  test("of slots says when to ask again", async () => {
    server.answers.push({ status: 423, headers: { "Retry-After": "2.5" } });
    const call = open().operations.incrementConcurrencySlotsWithLease({ body: { names: ["db"], slots: 1 } });
    const refusal = await call.catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(SlotsTaken);
    expect(refusal).toMatchObject({ retryAfterSeconds: 2.5 });
    expect(waits).toEqual([]);
  });

  test("that isn't of the contract shows what came instead", async () => {
    server.answers.push({ status: 200, body: "<html>nginx</html>" });
    await expect(readFlow()).rejects.toThrow(UnexpectedAnswer);
  });
});

describe("a try that fails", () => {
  test.each([408, 429, 502, 503] as const)("with status %i is repeated", async (status) => {
    server.answers.push({ status }, { status }, { status: 200, body: { id: ID } });
    expect(await readFlow()).toEqual({ id: ID });
    expect(waits).toEqual([2, 4]);
  });

  test.each(["reset", "garbage", "half"] as const)("by a %s connection is repeated", async (trouble) => {
    server.answers.push(trouble, { status: 200, body: { id: ID } });
    expect(await readFlow()).toEqual({ id: ID });
    expect(waits).toEqual([2]);
  });

  test.each([400, 500, 504])("with status %i is not repeated", async (status) => {
    server.answers.push({ status });
    await expect(readFlow()).rejects.toMatchObject({ status });
    expect(server.calls).toHaveLength(1);
  });

  test("is repeated five times at most, ever later", async () => {
    server.answers.push(...Array.from({ length: 6 }, () => ({ status: 503 })));
    await expect(readFlow()).rejects.toMatchObject({ status: 503 });
    expect(waits).toEqual([2, 4, 8, 16, 32]);
    expect(server.calls).toHaveLength(6);
  });

  test("is repeated after the time that the server orders, fractions included", async () => {
    server.answers.push({ status: 429, headers: { "Retry-After": "0.125" } });
    await readFlow();
    expect(waits).toEqual([0.125]);
  });

  test("during maintenance doesn't count", async () => {
    const maintenance = { status: 503, headers: { "Prefect-Maintenance": "true" } };
    server.answers.push(...Array.from({ length: 10 }, () => maintenance));
    await readFlow();
    expect(server.calls).toHaveLength(11);
    expect(new Set(waits)).toEqual(new Set([1]));
  });

  test("to connect is told at once the first time, and waited out later", async () => {
    const client = open();
    await readFlow(client);
    await server.close();
    await expect(readFlow(open())).rejects.toThrow(ServerUnreachable);
    expect(waits).toEqual([]);
    await expect(readFlow(client)).rejects.toThrow(/got no answer after 6 tries: .*ECONNREFUSED/);
    expect(waits).toEqual([2, 4, 8, 16, 32]);
  });

  test("by taking too long is repeated", async () => {
    const client = open({ timeoutMs: 50, fetch: slowOnce() });
    await readFlow(client);
    expect(waits).toEqual([2]);
  });

  test("ends when the caller aborts", async () => {
    const controller = new AbortController();
    const client = open({
      sleep: () => {
        controller.abort(new Error("enough"));
        return Promise.reject(new Error("enough"));
      },
    });
    server.answers.push({ status: 503 });
    const call = client.operations.readFlow({ params: { id: ID } }, { signal: controller.signal });
    await expect(call).rejects.toThrow("enough");
  });
});

describe("CSRF", () => {
  const token = (text: string, expiration = "2999-01-01T00:00:00Z") => ({
    status: 200,
    body: { id: ID, created: null, updated: null, token: text, client: "c", expiration },
  });

  function write(client = open()) {
    return client.operations.createFlow({ body: { name: "daily" } });
  }

  test("a token is fetched once, before the first write, and sent with each write", async () => {
    server.csrf = () => token("t1");
    const client = open();
    await readFlow(client);
    expect(server.requests).toHaveLength(1);
    await Promise.all([write(client), write(client)]);
    await write(client);
    const fetched = server.requests.filter(({ url }) => url.startsWith("/api/csrf-token?client="));
    expect(fetched).toHaveLength(1);
    const clientId = fetched[0]?.url.split("=")[1];
    const writes = server.calls.filter(({ method }) => method === "POST");
    expect(writes).toHaveLength(3);
    for (const { headers } of writes) {
      expect(headers).toMatchObject({ "prefect-csrf-token": "t1", "prefect-csrf-client": clientId });
    }
  });

  test.each([
    { status: 404, body: { detail: "Not Found" } },
    { status: 422, body: { detail: "CSRF protection is disabled." } },
  ])("a server without it is asked once ($status)", async (answer) => {
    server.csrf = () => answer;
    const client = open();
    await write(client);
    await write(client);
    expect(server.requests.filter(({ url }) => url.includes("csrf"))).toHaveLength(1);
    expect(server.calls[0]?.headers["prefect-csrf-token"]).toBeUndefined();
  });

  test("any other refusal of a token is told", async () => {
    server.csrf = () => ({ status: 500 });
    await expect(write()).rejects.toMatchObject({ status: 500 });
  });

  test("a token that the server no longer takes is renewed", async () => {
    let made = 0;
    server.csrf = () => token(`t${++made}`);
    server.answers.push({ status: 403, body: { detail: "Invalid CSRF token or client identifier." } });
    await write();
    expect(server.calls.map(({ headers }) => headers["prefect-csrf-token"])).toEqual(["t1", "t2"]);
  });

  test("a token is renewed when it has expired", async () => {
    let made = 0;
    server.csrf = () => token(`t${++made}`, "2020-01-01T00:00:00Z");
    const client = open();
    await write(client);
    await write(client);
    expect(server.calls.map(({ headers }) => headers["prefect-csrf-token"])).toEqual(["t1", "t2"]);
  });

  test("is left out with cloud servers", async () => {
    await write(open({ cloudApiUrl: server.apiUrl }));
    expect(server.requests).toHaveLength(1);
  });
});

describe("who the server is", () => {
  test("a Sluice server says so by a header", async () => {
    server.answers.push({ status: 200, body: '"3.8.8"', headers: { "X-Sluice-Version": "0.1.0" } });
    expect(await open().readServerInfo()).toEqual({ prefectVersion: "3.8.8", sluiceVersion: "0.1.0" });
  });

  test("a server of another major version is refused", async () => {
    server.answers.push({ status: 200, body: '"2.20.1"' });
    await expect(open().readServerInfo()).rejects.toThrow(IncompatibleServer);
  });

  test("something else on the port is told apart", async () => {
    server.answers.push({ status: 200, body: '{"hello":1}' });
    await expect(open().readServerInfo()).rejects.toThrow(/instead of a version/);
  });

  test("cloud servers aren't asked", async () => {
    await open({ cloudApiUrl: server.apiUrl }).readServerInfo();
    expect(server.requests).toEqual([]);
  });
});

/** A fetch whose first answer never comes. */
function slowOnce() {
  let isFirst = true;
  return (url: string, init: RequestInit): Promise<Response> => {
    if (!isFirst) return fetch(url, init);
    isFirst = false;
    return new Promise((_, reject) => {
      init.signal?.addEventListener("abort", () => reject(init.signal?.reason as Error)); // a TimeoutError
    });
  };
}

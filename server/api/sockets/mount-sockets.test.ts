import { SLUICE_VERSION } from "@sluice/schemas";
import { describe, expect, it } from "vitest";
import { closeSocket, CloseCode, cutToBytes } from "./closing.ts";
import type { SocketRoute } from "./socket-route.ts";
import { startSocketServer } from "./fixtures/socket-client.ts";

/** Says back what it hears. */
const ECHO: SocketRoute = {
  path: "/echo/{name}",
  maxMessageBytes: 1000,
  async serve({ socket, messages, params, stopping }) {
    stopping.addEventListener("abort", () => closeSocket(socket, CloseCode.serviceRestart, "stop"));
    messages.handOver(({ text }) => socket.send(JSON.stringify({ heard: text, ...params })));
    await new Promise((resolve) => socket.once("close", resolve));
  },
};

describe("the handshake", () => {
  it("answers a ping before the client has said who it is", async () => {
    await using server = await startSocketServer([{ ...ECHO, autoPong: false }]);
    const client = await server.connect("/api/echo/a").open();
    await expect(client.ping()).resolves.toBeUndefined();
  });

  it("lets any token in when no credentials are asked for, and says so", async () => {
    await using server = await startSocketServer([ECHO]);
    const client = await server.connect("/api/echo/a").authenticate("anything");
    expect(client.socket.protocol).toBe("prefect");
    client.send("hello");
    expect(await client.receive()).toEqual({ heard: "hello", name: "a" });
  });

  it("lets the right token in", async () => {
    await using server = await startSocketServer([ECHO], { authString: "admin:secret" });
    await expect(server.connect("/api/echo/a").authenticate("admin:secret")).resolves.toBeDefined();
  });

  it.each([
    ["another message", null, { type: "filter" }, "Expected 'auth' message"],
    ["no JSON", null, "hello", "Expected 'auth' message"],
    [
      "no token where one is needed",
      "admin:secret",
      { type: "auth", token: null },
      "Auth required but no token provided",
    ],
    [
      "a token that is no text",
      "admin:secret",
      { type: "auth", token: 7 },
      "Auth required but no token provided",
    ],
    ["a wrong token", "admin:secret", { type: "auth", token: "admin:guess" }, "Invalid token"],
  ])("turns away %s with 1008 and the reason", async (_, authString, message, reason) => {
    await using server = await startSocketServer([ECHO], { authString });
    const client = await server.connect("/api/echo/a").open();
    client.send(message);
    expect(await client.ended()).toEqual({ code: 1008, reason });
  });

  it("needs no handshake without the subprotocol, as long as no credentials are asked for", async () => {
    await using server = await startSocketServer([ECHO]);
    const client = await server.connect("/api/echo/a", { protocols: [] }).open();
    client.send("hello");
    expect(await client.receive()).toEqual({ heard: "hello", name: "a" });
  });

  it("refuses a client without the subprotocol when credentials are asked for", async () => {
    await using server = await startSocketServer([ECHO], { authString: "admin:secret" });
    expect(await server.connect("/api/echo/a", { protocols: [] }).refusal()).toBe(403);
  });

  it("keeps what arrives together with the first message", async () => {
    await using server = await startSocketServer([ECHO]);
    const client = await server.connect("/api/echo/a").open();
    client.send({ type: "auth", token: null });
    client.send("early");
    expect(await client.receive()).toEqual({ type: "auth_success" });
    expect(await client.receive()).toEqual({ heard: "early", name: "a" });
  });
});

describe("upgrades", () => {
  it("tell the version of the server", async () => {
    await using server = await startSocketServer([ECHO]);
    const client = server.connect("/api/echo/a");
    const version = await new Promise((resolve) => {
      client.socket.on("upgrade", (response) => resolve(response.headers["x-sluice-version"]));
    });
    expect(version).toBe(SLUICE_VERSION);
  });

  it("decode the names in the path", async () => {
    await using server = await startSocketServer([ECHO]);
    const client = await server.connect("/api/echo/my%20pool").authenticate();
    client.send("x");
    expect(await client.receive()).toEqual({ heard: "x", name: "my pool" });
  });

  it.each(["/api/nowhere", "/echo/a", "/api/echo/%ff", "/api/accounts/1/workspaces/2/echo/a"])(
    "to %s are answered with 404",
    async (path) => {
      await using server = await startSocketServer([ECHO]);
      expect(await server.connect(path).refusal()).toBe(404);
    },
  );

  it("of a web page from elsewhere are refused", async () => {
    await using server = await startSocketServer([ECHO]);
    expect(await server.connect("/api/echo/a", { origin: "https://evil.example" }).refusal()).toBe(403);
  });

  it("to a foreign host name that points here are refused", async () => {
    await using server = await startSocketServer([ECHO]);
    const headers = { host: "evil.example" };
    expect(await server.connect("/api/echo/a", { headers }).refusal()).toBe(403);
  });

  it("beyond the bound of open sockets are refused, and let in when one has left", async () => {
    await using server = await startSocketServer([ECHO], { maxSockets: 1 });
    const first = await server.connect("/api/echo/a").authenticate();
    expect(await server.connect("/api/echo/b").refusal()).toBe(503);
    first.socket.close();
    await first.ended();
    await expect.poll(() => server.sockets.openSockets).toBe(0);
    await expect(server.connect("/api/echo/b").authenticate()).resolves.toBeDefined();
  });
});

describe("an open socket", () => {
  it("ends with 1009 on a message beyond the bound", async () => {
    await using server = await startSocketServer([ECHO]);
    const client = await server.connect("/api/echo/a").authenticate();
    client.send("x".repeat(1001));
    expect(await client.ended()).toMatchObject({ code: 1009 });
  });

  it("is dropped when the peer gives no sign of life", async () => {
    await using server = await startSocketServer([ECHO], { keepAlive: { intervalMs: 40, timeoutMs: 40 } });
    const client = await server.connect("/api/echo/a", { autoPong: false }).authenticate();
    expect(await client.ended()).toMatchObject({ code: 1006 });
  });

  it("stays as long as the peer answers pings", async () => {
    await using server = await startSocketServer([ECHO], { keepAlive: { intervalMs: 20, timeoutMs: 20 } });
    const client = await server.connect("/api/echo/a").authenticate();
    let pings = 0;
    client.socket.on("ping", () => (pings += 1));
    await expect.poll(() => pings, { timeout: 5000 }).toBeGreaterThan(5);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it("gets 1011, and the others go on, when its route fails", async () => {
    const failing: SocketRoute = { ...ECHO, path: "/fail", serve: () => Promise.reject(new Error("defect")) };
    await using server = await startSocketServer([ECHO, failing]);
    const good = await server.connect("/api/echo/a").authenticate();
    const bad = await server.connect("/api/fail").authenticate();
    expect(await bad.ended()).toMatchObject({ code: 1011 });
    good.send("still here");
    expect(await good.receive()).toEqual({ heard: "still here", name: "a" });
  });
});

describe("closing", () => {
  it("ends every socket with 1012, those in the handshake too, and takes no more", async () => {
    const server = await startSocketServer([ECHO]);
    const inside = await server.connect("/api/echo/a").authenticate();
    const outside = await server.connect("/api/echo/b").open();
    const closed = server.sockets.close();
    expect(await inside.ended()).toMatchObject({ code: 1012 });
    expect(await outside.ended()).toMatchObject({ code: 1012 });
    await closed;
    expect(server.sockets.openSockets).toBe(0);
    server.server.close();
  });
});

describe("cutToBytes", () => {
  it.each([
    ["short", 123, "short"],
    ["abcdef", 5, "ab…"],
    ["ééééé", 8, "éé…"],
  ])("cuts %s to %i bytes: %s", (text, bytes, expected) => {
    expect(cutToBytes(text, bytes)).toBe(expected);
  });
});

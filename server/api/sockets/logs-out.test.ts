import { DEFAULT_WORKSPACE_ID, type LogCreate, logCreate } from "@sluice/schemas";
import { describe, expect, it } from "vitest";
import { eventBroadcast, logBroadcast } from "../../events/broadcast.ts";
import { EventIngest } from "../../events/event-ingest.ts";
import { SILENT_LOG } from "../../events/event-log.ts";
import { openTestStore } from "../../events/fixtures/test-store.ts";
import { Intake } from "../../events/intake.ts";
import { LogIngest } from "../../events/log-ingest.ts";
import type { Store } from "../../store/store.ts";
import { currentTimestamp } from "../../main/clock.ts";
import { startSocketServer } from "./fixtures/socket-client.ts";
import { logsOutRoute } from "./logs-out.ts";

async function startLogs(store: Store) {
  const broadcast = logBroadcast();
  const events = new EventIngest({ store, broadcast: eventBroadcast(), log: SILENT_LOG });
  const logs = new LogIngest({ store, broadcast, log: SILENT_LOG });
  const intake = new Intake({ events, logs, now: currentTimestamp });
  const server = await startSocketServer([logsOutRoute({ broadcast })]);
  return {
    ...server,
    broadcast,
    add: (lines: LogCreate[]) => intake.addLogs({ workspace_id: DEFAULT_WORKSPACE_ID }, lines),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await logs.close();
      await events.close();
    },
  };
}

function line(message: string, level = 20): LogCreate {
  return logCreate.parse({ name: "prefect.flow_runs", level, message, timestamp: "2026-11-22T07:00:00Z" });
}

describe("/logs/out", () => {
  it("sends the lines that match, as they are stored", async () => {
    await using opened = await openTestStore();
    await using logs = await startLogs(opened.store);
    const client = await logs.connect("/api/logs/out").authenticate();
    client.send({ type: "filter", filter: { level: { ge_: 30 }, text: { query: "disk" } } });
    await expect.poll(() => logs.broadcast.subscriberCount).toBe(1);
    await logs.add([line("disk is fine"), line("disk is full", 40), line("on fire", 50)]);
    expect(await client.receive()).toEqual({
      type: "log",
      log: expect.objectContaining({ message: "disk is full", level: 40, timestamp: "2026-11-22T07:00:00Z" }),
    });
    const stored = await opened.store.reads.logs.list(DEFAULT_WORKSPACE_ID, {
      filter: { operator: "and_" },
      sort: "TIMESTAMP_ASC",
      limit: 10,
      offset: 0,
    });
    expect(stored.map(({ message }) => message)).toEqual(["disk is fine", "disk is full", "on fire"]);
  });

  it("keeps the lines of requests that come together, each request whole", async () => {
    await using opened = await openTestStore();
    await using logs = await startLogs(opened.store);
    const client = await logs.connect("/api/logs/out").authenticate();
    client.send({ type: "filter", filter: {} });
    await expect.poll(() => logs.broadcast.subscriberCount).toBe(1);
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => logs.add([line(`${index}a`), line(`${index}b\0`)])),
    );
    const messages: string[] = [];
    while (messages.length < 100) {
      // The shape is checked above.
      messages.push(((await client.receive()) as { log: { message: string } }).log.message);
    }
    expect(messages).toEqual(Array.from({ length: 50 }, (_, index) => [`${index}a`, `${index}b`]).flat());
  });

  it("ends on a bad filter with 1002 and the reason", async () => {
    await using opened = await openTestStore();
    await using logs = await startLogs(opened.store);
    const client = await logs.connect("/api/logs/out").authenticate();
    client.send({ type: "filter", filter: { level: { ge_: "high" } } });
    expect(await client.ended()).toEqual({ code: 1002, reason: expect.stringContaining("level.ge_") });
  });
});

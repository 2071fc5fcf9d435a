import { DEFAULT_WORKSPACE_ID, type WorkspaceId } from "@sluice/schemas";
import { describe, expect, it } from "vitest";
import { Broadcast } from "./broadcast.ts";

const OTHER = "11111111-0000-4000-8000-000000000001" as WorkspaceId;

function item(number: number, workspace_id: WorkspaceId = DEFAULT_WORKSPACE_ID) {
  return { number, workspace_id };
}

type Item = ReturnType<typeof item>;

describe("Broadcast", () => {
  it("gives each subscriber what it asked for, of its own workspace, in order", async () => {
    const broadcast = new Broadcast<Item>({ bytesOf: () => 1 });
    const all = broadcast.subscribe(DEFAULT_WORKSPACE_ID, () => true);
    const even = broadcast.subscribe(DEFAULT_WORKSPACE_ID, ({ number }) => number % 2 === 0);
    broadcast.publish([item(1), item(2, OTHER), item(3)]);
    broadcast.publish([item(4)]);
    expect((await all.next())?.map(({ number }) => number)).toEqual([1, 3, 4]);
    expect((await even.next())?.map(({ number }) => number)).toEqual([4]);
  });

  it("wakes a subscriber that waits", async () => {
    const broadcast = new Broadcast<Item>({ bytesOf: () => 1 });
    const waiting = broadcast.subscribe(DEFAULT_WORKSPACE_ID, () => true).next();
    broadcast.publish([item(1)]);
    expect(await waiting).toEqual([item(1)]);
  });

  it("cuts off a subscriber whose buffer is full, tells it so, and spares the others", async () => {
    const broadcast = new Broadcast<Item>({ bytesOf: () => 1, bufferItems: 2 });
    const slow = broadcast.subscribe(DEFAULT_WORKSPACE_ID, () => true);
    const quick = broadcast.subscribe(DEFAULT_WORKSPACE_ID, () => true);
    broadcast.publish([item(1), item(2)]);
    await quick.next();
    broadcast.publish([item(3)]);
    expect(slow.isOverrun).toBe(true);
    expect((await slow.next())?.length).toBe(2);
    expect(await slow.next()).toBeNull();
    expect(quick.isOverrun).toBe(false);
    expect(await quick.next()).toEqual([item(3)]);
    expect(broadcast.subscriberCount).toBe(1);
  });

  it("counts bytes too, and weighs an item once for all who want it", async () => {
    let weighed = 0;
    const broadcast = new Broadcast<Item>({
      bufferBytes: 100,
      bytesOf: ({ number }) => {
        weighed += 1;
        return number;
      },
    });
    const subscriptions = [1, 2].map(() =>
      broadcast.subscribe(DEFAULT_WORKSPACE_ID, ({ number }) => number > 5),
    );
    broadcast.publish([item(1), item(60), item(40)]);
    expect(weighed).toBe(2);
    expect(subscriptions.map(({ isOverrun }) => isOverrun)).toEqual([false, false]);
    await subscriptions[0]?.next();
    broadcast.publish([item(10)]);
    expect(subscriptions.map(({ isOverrun }) => isOverrun)).toEqual([false, true]);
  });

  it("ends a waiting subscription that is closed", async () => {
    const broadcast = new Broadcast<Item>({ bytesOf: () => 1 });
    const subscription = broadcast.subscribe(DEFAULT_WORKSPACE_ID, () => true);
    const waiting = subscription.next();
    subscription.close();
    expect(await waiting).toBeNull();
    expect([...broadcast.workspaces]).toEqual([]);
  });
});

import { expect, it } from "vitest";
import { createMetrics } from "./metrics.ts";

it("metrics tell what can be told when a part is out of order", async () => {
  const metrics = createMetrics([
    { name: "fine", help: "Works", read: () => Promise.resolve(3) },
    { name: "broken", help: "Does not", read: () => Promise.reject(new Error("away")) },
  ]);
  metrics.observeRequest({ method: "GET", route: "/api/health", status: 200, seconds: 0.003 });
  const text = await metrics.text();
  expect(text).toContain("sluice_server_fine 3");
  expect(text).toContain("sluice_server_broken Nan");
  expect(text).toContain(
    'sluice_server_request_duration_seconds_bucket{le="0.005",method="GET",route="/api/health",status="200"} 1',
  );
});

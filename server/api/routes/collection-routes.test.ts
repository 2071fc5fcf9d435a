import { afterAll, beforeAll, expect, it } from "vitest";
import { type Api, startApi } from "./fixtures/api.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

const view = (name: string) => api.call("GET", `/collections/views/${name}`);

it("nobody reads a view without the server's secret", async () => {
  await using guarded = await startApi({ authString: "admin:secret" });
  expect((await guarded.call("GET", "/collections/views/aggregate-worker-metadata")).status).toBe(401);
});

it("the types of workers come package by package, each with a template that makes a pool", async () => {
  const { status, body } = await view("aggregate-worker-metadata");
  expect(status).toBe(200);
  expect(Object.keys(body.prefect)).toContain("process");
  for (const ofPackage of Object.values<Record<string, { default_base_job_configuration: object }>>(body)) {
    for (const [type, { default_base_job_configuration: base_job_template }] of Object.entries(ofPackage)) {
      const name = `of-${type.replace("prefect", "stock")}`;
      const made = await api.call("POST", "/work_pools/", { name, type, base_job_template });
      expect(made, type).toMatchObject({ status: 201, body: { base_job_template } });
    }
  }
});

it("a view that is not there, or empty, is 404", async () => {
  expect(await view("nothing")).toMatchObject({
    status: 404,
    body: { detail: "View nothing not found in registry" },
  });
  expect((await view("demo-flows")).status).toBe(404);
});

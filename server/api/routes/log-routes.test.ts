import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, type Api, startApi, UNKNOWN_ID } from "./fixtures/api.ts";

let api: Api;
let runId: string;
let kept: Answer;
beforeAll(async () => {
  api = await startApi();
  const { body: flow } = await api.call("POST", "/flows/", { name: "flow" });
  runId = (await api.call("POST", "/flow_runs/", { flow_id: flow.id, name: "my run" })).body.id;
  const lines = [
    { level: 20, message: 'said "hi", then left', timestamp: "2026-01-01T00:00:00Z" },
    { level: 40, message: "NUL \u0000 gone", timestamp: "2026-01-01T00:00:01.5Z" },
  ];
  const logs = lines.map((line) => ({ name: "prefect.flow_runs", flow_run_id: runId, ...line }));
  kept = await api.call("POST", "/logs/", logs);
});
afterAll(() => api[Symbol.asyncDispose]());

describe("log lines", () => {
  it("are kept without further words", () => {
    expect(kept).toMatchObject({ status: 201, body: null });
  });

  it.each([
    [[{ name: "l" }], "missing"],
    [
      [{ name: "l", level: 20, message: "m", timestamp: "2026-01-01T00:00:00Z", extra: 1 }],
      "extra_forbidden",
    ],
    [{}, "list_type"],
  ])("that are not of the contract are refused whole: %j", async (body, type) => {
    const answer = await api.call("POST", "/logs/", body);
    expect(answer.status).toBe(422);
    expect(answer.body.exception_detail.map((detail: { type: string }) => detail.type)).toContain(type);
  });

  it("are found by run, level and text, oldest first or last", async () => {
    const ofRun = { flow_run_id: { any_: [runId] } };
    const messages = async (body: object) =>
      (await api.call("POST", "/logs/filter", body)).body.map((log: { message: string }) => log.message);
    const [hi, gone] = ['said "hi", then left', "NUL  gone"];
    expect(await messages({ logs: ofRun })).toEqual([hi, gone]);
    expect(await messages({ logs: ofRun, sort: "TIMESTAMP_DESC" })).toEqual([gone, hi]);
    expect(await messages({ logs: { ...ofRun, level: { ge_: 30 } } })).toEqual([gone]);
    expect(await messages({ logs: { ...ofRun, text: { query: "left -gone" } } })).toEqual([hi]);
  });

  it("are there as a file, or 404", async () => {
    const answer = await api.call("GET", `/flow_runs/${runId}/logs/download`);
    expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(answer.headers.get("content-disposition")).toContain("filename*=UTF-8''my%20run-logs.csv");
    expect(answer.body).toBe(
      "timestamp,level,flow_run_id,task_run_id,message\r\n" +
        `2026-01-01 00:00:00+00:00,20,${runId},,"said ""hi"", then left"\r\n` +
        `2026-01-01 00:00:01.500000+00:00,40,${runId},,NUL  gone\r\n`,
    );
    expect((await api.call("GET", `/flow_runs/${UNKNOWN_ID}/logs/download`)).status).toBe(404);
  });
});

describe("what a run is given while it runs", () => {
  it("is kept once per key, read raw, and deleted", async () => {
    const input = { key: "answer-1", value: '{"yes":true}', sender: "me" };
    expect(await api.call("POST", `/flow_runs/${runId}/input`, input)).toMatchObject({
      status: 201,
      body: null,
    });
    expect(await api.call("POST", `/flow_runs/${runId}/input`, input)).toMatchObject({
      status: 409,
      body: { detail: "A flow run input with this key already exists." },
    });
    const read = await api.call("GET", `/flow_runs/${runId}/input/answer-1`);
    expect(read.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(read.body).toEqual({ yes: true });
    const found = await api.call("POST", `/flow_runs/${runId}/input/filter`, { prefix: "answer" });
    expect(found.body).toMatchObject([{ ...input, flow_run_id: runId }]);
    expect((await api.call("DELETE", `/flow_runs/${runId}/input/answer-1`)).status).toBe(204);
    expect((await api.call("DELETE", `/flow_runs/${runId}/input/answer-1`)).status).toBe(404);
  });

  it("is for runs that are there", async () => {
    const answer = await api.call("POST", `/flow_runs/${UNKNOWN_ID}/input`, { key: "k", value: "1" });
    expect(answer).toMatchObject({ status: 404, body: { detail: "Flow run not found" } });
  });
});

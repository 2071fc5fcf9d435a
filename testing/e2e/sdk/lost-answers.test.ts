import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { closeConnection, flow, reloadSettings } from "@sluice/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SdkKit, startSdkKit } from "./sdk-kit.ts";

let kit: SdkKit;
let network: Server;
let lostAnswers = 0;
beforeAll(async () => {
  kit = await startSdkKit();
  network = startNetworkTo(new URL(kit.apiUrl));
  await once(network, "listening");
  const { port } = network.address() as AddressInfo; // it listens on TCP
  process.env.SLUICE_API_URL = `http://127.0.0.1:${port}/api`;
  reloadSettings();
});
afterAll(async () => {
  await closeConnection();
  network.closeAllConnections();
  network.close();
  await kit.close();
});

describe("a flow whose run was made, but whose answer the network lost", () => {
  it("has one run", async () => {
    const lonely = flow(async () => "done", { name: "lonely" });
    expect(await lonely()).toBe("done");
    expect(lostAnswers).toBe(1);
    expect(await kit.flowRunsOf("lonely")).toMatchObject([{ state_type: "COMPLETED" }]);
  });
});

/** Hands everything on, and hangs up instead of passing on the answer to the first flow run made. */
function startNetworkTo({ hostname, port }: URL): Server {
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const passedOn = request({ hostname, port, method, path: url, headers }, (answer) => {
      if (method === "POST" && url === "/api/flow_runs/" && lostAnswers === 0) {
        lostAnswers += 1;
        answer.resume().once("end", () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passedOn.once("error", () => incoming.socket.destroy());
    incoming.pipe(passedOn);
  });
  server.on("upgrade", (incoming, socket, head) => {
    const upstream = connect(Number(port), hostname, () => {
      const lines = incoming.rawHeaders.flatMap((name, at, all) =>
        at % 2 ? [] : [`${name}: ${all[at + 1]}`],
      );
      upstream.write(`${[`GET ${incoming.url} HTTP/1.1`, ...lines].join("\r\n")}\r\n\r\n`);
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [upstream, socket])
      end.on("error", () => [upstream, socket].map((each) => each.destroy()));
  });
  return server.listen(0, "127.0.0.1");
}

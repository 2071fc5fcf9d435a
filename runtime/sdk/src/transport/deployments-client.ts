/** Deployments over the connection of the API's client. */
import type { HttpConnection } from "@sluice/client";
import type { DeploymentsTransport } from "./deployments-transport.ts";

export function deploymentsClient(connection: HttpConnection): DeploymentsTransport {
  const send = async <Body>(method: string, path: string, body?: object): Promise<Body> => {
    const answer = await connection.request({
      method,
      path,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    // The contract says what an answer of this path is; a 204 has no body.
    return (answer.text === "" ? undefined : JSON.parse(answer.text)) as Body;
  };
  return {
    create: (deployment) => send("POST", "/deployments/", deployment),
    read: (id) => send("GET", `/deployments/${encodeURIComponent(id)}`),
    readByName: (flowName, name) =>
      send("GET", `/deployments/name/${encodeURIComponent(flowName)}/${encodeURIComponent(name)}`),
    update: (id, changes) => send("PATCH", `/deployments/${encodeURIComponent(id)}`, changes),
    createFlowRun: (id, run) => send("POST", `/deployments/${encodeURIComponent(id)}/create_flow_run`, run),
    scheduledFlowRuns: (query) => send("POST", "/deployments/get_scheduled_flow_runs", query),
    readFlow: (id) => send("GET", `/flows/${encodeURIComponent(id)}`),
  };
}

/** Deployments by the client of the API. */
import type { ApiClient } from "./api-client.ts";
import type { DeploymentsTransport } from "./deployments-transport.ts";

export function deploymentsClient({ operations }: ApiClient): DeploymentsTransport {
  return {
    // These two bodies are preprocessed by the contract, which hides the types of their fields.
    create: (body) => operations.createDeployment({ body: body as never }),
    read: (id) => operations.readDeployment({ params: { id } }),
    readByName: (flowName, name) =>
      operations.readDeploymentByName({ params: { flow_name: flowName, deployment_name: name } }),
    async update(id, body) {
      await operations.updateDeployment({ params: { id }, body: body as never });
    },
    createFlowRun: (id, body) => operations.createFlowRunFromDeployment({ params: { id }, body }),
    scheduledFlowRuns: (body) => operations.readScheduledFlowRuns({ body }),
    readFlow: (id) => operations.readFlow({ params: { id } }),
  };
}

import { endpoints, WORKER_METADATA } from "@sluice/schemas";
import { Refusal } from "../../commands/errors.ts";
import { json } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";

/** Views that the contract names and of which this server has nothing to tell. */
const EMPTY_VIEWS: readonly string[] = ["aggregate-block-metadata", "aggregate-flow-metadata", "demo-flows"];

export function collectionRoutes(): Route[] {
  return [
    route(endpoints.readCollectionView, ({ params: { view } }) => {
      if (view === "aggregate-worker-metadata") return json(WORKER_METADATA);
      throw new Refusal(
        "not_found",
        EMPTY_VIEWS.includes(view)
          ? `Requested content missing for view ${view}`
          : `View ${view} not found in registry`,
      );
    }),
  ];
}

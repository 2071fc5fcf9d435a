/** Everything in one package: the SDK, with a server that runs inside the process when no other is named. */
import "./embedded.ts";

export * from "@sluice/sdk";

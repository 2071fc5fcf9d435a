export * from "./endpoint.ts";
export * from "./ids.ts";
export * from "./states.ts";
export * from "./text-query.ts";
export * from "./timestamps.ts";
export * from "./versions.ts";

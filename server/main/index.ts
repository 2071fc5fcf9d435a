/** The door of the server: a server with a port, one inside the process, and one as a program. */
export { createServer } from "./create-server.ts";
export { createEmbeddedServer, type EmbeddedServer } from "./embedded.ts";
export { createLogger } from "./logger.ts";
export { openStore } from "./open-store.ts";
export { runServer } from "./run-server.ts";
export { PortTakenError, type RunningServer } from "./running-server.ts";
export { readSettings, type ServerSettings, SettingsError } from "./settings.ts";

/** The door through which a package that has a server gives it to the SDK. */
export {
  type EmbeddedServer,
  type EmbeddedServerFactory,
  type EmbeddedServerOptions,
  registerEmbeddedServer,
} from "./transport/embedded-server.ts";

export {
  type Answer,
  type CallInput,
  type CallOptions,
  type CallResult,
  Client,
  createClient,
  type EndpointTable,
  type Operations,
} from "./client.ts";
export {
  ClientError,
  Forbidden,
  HttpStatusError,
  IncompatibleServer,
  type InvalidField,
  LeaseGone,
  ObjectAlreadyExists,
  ObjectNotFound,
  ServerUnreachable,
  SlotsTaken,
  StreamRefused,
  Unauthorized,
  UnexpectedAnswer,
  ValidationError,
} from "./errors.ts";
export { connectionTrouble, describeTrouble } from "./http/connection-errors.ts";
export { type Credentials, streamToken } from "./http/credentials.ts";
export {
  type Fetch,
  type HttpAnswer,
  HttpConnection,
  type HttpConnectionOptions,
  type HttpRequest,
} from "./http/http-connection.ts";
export { DEFAULT_RETRY_POLICY, type RetryPolicy } from "./http/retry-policy.ts";
export { isCloudUrl, normalizeApiUrl, PREFECT_CLOUD_API_URL, socketUrl } from "./http/server-address.ts";
export { readServerInfo, type ServerInfo, type ServerInfoOptions } from "./server-info.ts";
export { type EventsIn, type EventsInHandlers, openEventsIn } from "./streams/events-in.ts";
export type { SocketEnd } from "./streams/socket.ts";
export {
  type EventStreamFilter,
  type EventSubscriptionOptions,
  subscribeEvents,
} from "./streams/subscribe-events.ts";
export { type LogStreamFilter, subscribeLogs } from "./streams/subscribe-logs.ts";
export type { SubscriptionOptions } from "./streams/subscription.ts";
export {
  openTaskRunStream,
  type TaskRunStream,
  type TaskRunStreamHandlers,
  type TaskRunSubscription,
} from "./streams/task-run-stream.ts";

/**
 * Every setting of the SDK and the CLI: one row each. A row's environment variable is its name; in `sluice.toml` the
 * name without `SLUICE_` is a path of lower-case tables (`SLUICE_API_URL` is `url` in `[api]`).
 */
import {
  booleanValue,
  headersValue,
  integerValue,
  numberValue,
  secretValue,
  statusCodesValue,
  textValue,
  urlValue,
  type ValueKind,
} from "./value-kinds.ts";

export interface SettingDefinition<Value> {
  /** Environment variable and key in a profile. */
  readonly name: string;
  readonly kind: ValueKind<Value>;
  readonly default: Value;
  /** Read when no source gives `name` a value. */
  readonly fallbackVariable?: string;
  readonly description: string;
}

function setting<Value>(
  name: string,
  kind: ValueKind<Value>,
  defaultValue: Value,
  description: string,
  fallbackVariable?: string,
): SettingDefinition<Value> {
  return {
    name,
    kind,
    default: defaultValue,
    description,
    ...(fallbackVariable ? { fallbackVariable } : {}),
  };
}

const MEBIBYTE = 1024 * 1024;

/** Keyed by the name under which {@link Settings} has the value. */
export const SETTING_DEFINITIONS = {
  apiUrl: setting(
    "SLUICE_API_URL",
    urlValue.orNull,
    null,
    "Root of the API, e.g. http://127.0.0.1:4200/api. Unset: the server runs inside this process.",
    "PREFECT_API_URL",
  ),
  apiKey: setting(
    "SLUICE_API_KEY",
    secretValue.orNull,
    null,
    "API key, sent as a bearer token.",
    "PREFECT_API_KEY",
  ),
  apiAuthString: setting(
    "SLUICE_API_AUTH_STRING",
    secretValue.orNull,
    null,
    "user:password of a self-hosted server, sent with basic authentication; wins over the key.",
    "PREFECT_API_AUTH_STRING",
  ),
  apiRequestTimeoutSeconds: setting(
    "SLUICE_API_REQUEST_TIMEOUT",
    numberValue,
    60,
    "Seconds after which one try of a request is given up.",
  ),
  uiUrl: setting(
    "SLUICE_UI_URL",
    urlValue.orNull,
    null,
    "Where people look at runs; made from the API URL when unset.",
  ),
  cloudApiUrl: setting(
    "SLUICE_CLOUD_API_URL",
    urlValue,
    "https://api.prefect.cloud/api",
    "API URLs that start with this belong to Prefect Cloud.",
  ),
  clientMaxRetries: setting(
    "SLUICE_CLIENT_MAX_RETRIES",
    integerValue,
    5,
    "How often a failed request is sent again.",
  ),
  clientRetryExtraCodes: setting(
    "SLUICE_CLIENT_RETRY_EXTRA_CODES",
    statusCodesValue,
    [],
    "Statuses to retry beside 408, 429, 502 and 503, separated by commas.",
  ),
  clientRetryJitterFactor: setting(
    "SLUICE_CLIENT_RETRY_JITTER_FACTOR",
    numberValue,
    0.2,
    "How far waits between retries may differ from their plan, as a share of it.",
  ),
  clientCsrfSupportEnabled: setting(
    "SLUICE_CLIENT_CSRF_SUPPORT_ENABLED",
    booleanValue,
    true,
    "Whether writes ask for and carry a CSRF token.",
  ),
  clientCustomHeaders: setting(
    "SLUICE_CLIENT_CUSTOM_HEADERS",
    headersValue,
    {},
    "Headers for every request, as a JSON object.",
  ),
  loggingLevel: setting(
    "SLUICE_LOGGING_LEVEL",
    textValue,
    "INFO",
    "The least level of run logs that is kept: DEBUG, INFO, WARNING, ERROR or CRITICAL.",
  ),
  loggingLogPrints: setting(
    "SLUICE_LOGGING_LOG_PRINTS",
    booleanValue,
    false,
    "Whether console output of flows and tasks is logged when they don't say.",
  ),
  loggingToApiEnabled: setting(
    "SLUICE_LOGGING_TO_API_ENABLED",
    booleanValue,
    true,
    "Whether run logs are sent to the server.",
  ),
  flowsHeartbeatFrequencySeconds: setting(
    "SLUICE_FLOWS_HEARTBEAT_FREQUENCY",
    numberValue,
    180,
    "Seconds between the heartbeats of a running flow; at least 30.",
  ),
  flowsDefaultRetries: setting(
    "SLUICE_FLOWS_DEFAULT_RETRIES",
    integerValue,
    0,
    "Retries of flows that don't say.",
  ),
  flowsDefaultRetryDelaySeconds: setting(
    "SLUICE_FLOWS_DEFAULT_RETRY_DELAY_SECONDS",
    numberValue,
    0,
    "Seconds before a retry of flows that don't say.",
  ),
  tasksDefaultRetries: setting(
    "SLUICE_TASKS_DEFAULT_RETRIES",
    integerValue,
    0,
    "Retries of tasks that don't say.",
  ),
  tasksDefaultRetryDelaySeconds: setting(
    "SLUICE_TASKS_DEFAULT_RETRY_DELAY_SECONDS",
    numberValue,
    0,
    "Seconds before a retry of tasks that don't say.",
  ),
  spoolMaxBytes: setting(
    "SLUICE_SPOOL_MAX_BYTES",
    integerValue,
    1024 * MEBIBYTE,
    "Disk that one process may use for events and logs that the server hasn't taken yet.",
  ),
} as const;

type Definitions = typeof SETTING_DEFINITIONS;

/** The value of each setting. */
export type SettingValues = {
  readonly [Key in keyof Definitions]: Definitions[Key] extends SettingDefinition<infer Value>
    ? Value
    : never;
};

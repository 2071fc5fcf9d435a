/** The server's settings: one object, parsed once from `SLUICE_*` variables; command-line options come as overrides. */
import { homedir } from "node:os";
import path from "node:path";
import { z } from "zod";

/** A setting that can't be used, named as its owner knows it. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

const flag = z
  .string()
  .transform((text) => text.trim().toLowerCase())
  .pipe(z.enum(["1", "true", "yes", "on", "0", "false", "no", "off"]))
  .transform((text) => ["1", "true", "yes", "on"].includes(text));

const list = z.string().transform((text) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== ""),
);

const seconds = z.coerce.number().positive();
const bytes = z.coerce.number().int().positive();

/** `sqlite:PATH`, or a PostgreSQL URL. */
const database = z
  .string()
  .regex(/^(?:sqlite:.+|postgres(?:ql)?:\/\/.+)$/s, "expected sqlite:PATH or postgres://…");

const logLevel = z
  .string()
  .transform((text) => text.toLowerCase().replace("warning", "warn").replace("critical", "fatal"))
  .pipe(z.enum(LOG_LEVELS));

/** Characters of an encryption key; a shorter one is a password that can be guessed. */
const MINIMUM_KEY_LENGTH = 16;

/** One row per setting: its variable and how it is read. Absent ones take the default in {@link DEFAULTS}. */
const VARIABLES = {
  home: ["SLUICE_HOME", z.string().min(1)],
  /** Where the data is kept. */
  database: ["SLUICE_SERVER_DATABASE", database],
  /** The address to listen on. */
  host: ["SLUICE_SERVER_API_HOST", z.string().min(1)],
  /** 0 takes any free port. */
  port: ["SLUICE_SERVER_API_PORT", z.coerce.number().int().min(0).max(65_535)],
  /** Shared secret of all clients, sent with Basic authentication. */
  authString: ["SLUICE_SERVER_API_AUTH_STRING", z.string().min(1)],
  /** What secrets in the database are encrypted with; one is made when there is none. */
  encryptionKey: ["SLUICE_SERVER_ENCRYPTION_KEY", z.string().min(MINIMUM_KEY_LENGTH)],
  /** Listen beyond loopback without an auth string. */
  insecure: ["SLUICE_SERVER_API_INSECURE", flag],
  /** Host names, beside loopback ones, that the server answers to; `*` for any. */
  allowedHosts: ["SLUICE_SERVER_ALLOWED_HOSTS", list],
  /** Origins whose pages may call the API; `*` for any. */
  corsAllowedOrigins: ["SLUICE_SERVER_CORS_ALLOWED_ORIGINS", list],
  csrfProtection: ["SLUICE_SERVER_CSRF_PROTECTION_ENABLED", flag],
  csrfTokenExpirationSeconds: ["SLUICE_SERVER_CSRF_TOKEN_EXPIRATION", seconds],
  /** Largest `parameters` of a flow run, bytes of JSON. */
  maxParameterBytes: ["SLUICE_SERVER_API_MAX_PARAMETER_SIZE", bytes],
  /** Largest request body, bytes. */
  maxBodyBytes: ["SLUICE_SERVER_API_MAX_BODY_SIZE", bytes],
  logLevel: ["SLUICE_LOGGING_LEVEL", logLevel],
  /** False: only the API, no background services. */
  servicesEnabled: ["SLUICE_SERVER_SERVICES_ENABLED", flag],
  /** How long a stop may take before connections are cut. */
  shutdownSeconds: ["SLUICE_SERVER_SHUTDOWN_SECONDS", seconds],
} as const satisfies Record<string, readonly [variable: string, schema: z.ZodType]>;

type Parsed = { readonly [Key in keyof typeof VARIABLES]: z.output<(typeof VARIABLES)[Key][1]> };

export type ServerSettings = Omit<Parsed, "authString" | "encryptionKey"> & {
  readonly authString: string | null;
  readonly encryptionKey: string | null;
};

const DEFAULTS: Omit<ServerSettings, "home" | "database"> = {
  host: "127.0.0.1",
  port: 4200,
  authString: null,
  encryptionKey: null,
  insecure: false,
  allowedHosts: [],
  corsAllowedOrigins: [],
  csrfProtection: false,
  csrfTokenExpirationSeconds: 3600,
  maxParameterBytes: 524_288,
  // A batch of logs has up to 4 MB, a page of events more; beyond this something is wrong.
  maxBodyBytes: 32 * 1024 * 1024,
  logLevel: "info",
  servicesEnabled: true,
  shutdownSeconds: 10,
};

/** The variables that hold secrets; their values appear in no message and no log. */
export const SECRET_SETTINGS: ReadonlySet<keyof ServerSettings> = new Set([
  "authString",
  "database",
  "encryptionKey",
]);

/**
 * Reads the settings. Overrides (command-line options) win over variables; a variable that is set but empty counts as
 * not set.
 *
 * @throws SettingsError that names every variable with a bad value
 */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  overrides: Partial<ServerSettings> = {},
): ServerSettings {
  const parsed: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [key, [variable, schema]] of Object.entries(VARIABLES)) {
    const text = environment[variable];
    if (text === undefined || text === "") continue;
    const result = schema.safeParse(text);
    if (result.success) parsed[key] = result.data;
    else problems.push(describeProblem(key, variable, text, result.error));
  }
  if (problems.length > 0) throw new SettingsError(problems.join("\n"));
  const home = path.resolve(String(overrides.home ?? parsed["home"] ?? path.join(homedir(), ".sluice")));
  const defaults = { ...DEFAULTS, home, database: `sqlite:${path.join(home, "sluice.db")}` };
  // Each value went through its row's schema above.
  const settings = { ...defaults, ...parsed, ...overrides, home } as ServerSettings;
  checkOptions(settings);
  return settings;
}

function describeProblem(key: string, variable: string, text: string, error: z.ZodError): string {
  const shown = SECRET_SETTINGS.has(key as keyof ServerSettings) ? "its value" : JSON.stringify(text);
  return `${variable}: ${shown} can't be used: ${error.issues.map((issue) => issue.message).join("; ")}`;
}

/** Options come past the variables' schemas. */
function checkOptions({ database: url, port }: ServerSettings): void {
  if (!database.safeParse(url).success) {
    throw new SettingsError("database: expected sqlite:PATH or postgres://…");
  }
  if (!VARIABLES.port[1].safeParse(port).success) {
    throw new SettingsError("port: expected a number from 0 to 65535");
  }
}

/** The settings as they may be shown: secrets masked. */
export function shownSettings(settings: ServerSettings): Readonly<Record<string, unknown>> {
  const entries = Object.entries(settings).map(([key, value]) => {
    const isSecret = SECRET_SETTINGS.has(key as keyof ServerSettings) && value !== null;
    return [key, isSecret ? "********" : value];
  });
  return { server: Object.fromEntries(entries) };
}

/** Versions that clients state about themselves (protocol section 1). They decide behaviour, so they are parsed exactly. */

/** Requests that name an older API version are refused. */
export const MINIMUM_API_VERSION = "0.8.0";

export type VersionNumbers = readonly [major: number, minor: number, patch: number];

/** Either the version of `X-PREFECT-API-VERSION` (null: none was sent, which counts as the latest) or why it is refused. */
export type ApiVersionVerdict =
  | { readonly accepted: true; readonly version: VersionNumbers | null }
  | { readonly accepted: false; readonly reason: string };

const NO_VERSION: ApiVersionVerdict = { accepted: true, version: null };

/** Judges the header `X-PREFECT-API-VERSION`; the reasons are the words that clients may print. */
export function judgeApiVersion(header: string | undefined): ApiVersionVerdict {
  if (!header) return NO_VERSION;
  const version = parseVersionNumbers(header);
  if (version === null) {
    return {
      accepted: false,
      reason: `Invalid X-PREFECT-API-VERSION header format.Expected header in format 'x.y.z' but received ${header}`,
    };
  }
  // The minimum is a constant of three numbers.
  const minimum = parseVersionNumbers(MINIMUM_API_VERSION) as VersionNumbers;
  if (compareVersions(version, minimum) < 0) {
    return {
      accepted: false,
      reason: `The request specified API version ${header} but this server requires version ${MINIMUM_API_VERSION} or higher.`,
    };
  }
  return { accepted: true, version };
}

/** Three whole numbers joined by dots, or null. */
export function parseVersionNumbers(text: string): VersionNumbers | null {
  const match = /^\s*(\d+)\s*\.\s*(\d+)\s*\.\s*(\d+)\s*$/.exec(text);
  if (!match) return null;
  return [Number(match[1]), Number(match[2]), Number(match[3])];
}

export function compareVersions(left: VersionNumbers, right: VersionNumbers): number {
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}

const CLIENT_USER_AGENT = /^prefect\/(\d+\.\d+\.\d+(?:[a-z.+0-9]+)?) \(API \S+\)$/;

/** The version of a stock client (`3.8.8`, `3.0.0rc20`) by its `User-Agent`; null for anything else. */
export function parseClientVersion(userAgent: string | undefined): string | null {
  if (!userAgent) return null;
  return CLIENT_USER_AGENT.exec(userAgent)?.[1] ?? null;
}

/** The last version that stumbles over `default_result_storage_block_id` in a work pool. */
const IGNORANT_OF_RESULT_STORAGE: VersionNumbers = [3, 3, 7];

/** True for an unknown version: only stock clients say theirs. A pre-release counts as its release. */
export function knowsResultStorageOfPools(version: string | null): boolean {
  const release = parseVersionNumbers(/^[\d.]+/.exec(version ?? "")?.[0] ?? "");
  return release === null || compareVersions(release, IGNORANT_OF_RESULT_STORAGE) > 0;
}

/** What a server may expect of a `prefect` client, by its version (protocol section 1, "Server-side gates"). */

/** The first version whose engine renews the lease on its deployment's slot. */
const RENEWS_LEASES = [3, 4, 11] as const;

/** Versions whose worker takes and gives back its deployment's slots itself. */
const MANAGES_SLOTS_ITSELF = new Set(["3.0.0rc20", "3.0.0", "3.0.1", "3.0.2", "3.0.3"]);

const VERSION = /^v?(\d+)\.(\d+)(?:\.(\d+))?(.*)$/;
const PRE_RELEASE = /^[.\-_]?(a|b|c|rc|alpha|beta|pre|preview|dev)/i;

/** False for an unknown version, and for a pre-release of the first one that does. */
export function renewsLeases(version: string | null): boolean {
  const match = VERSION.exec(version ?? "");
  if (!match) return false;
  const release = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  for (const [index, required] of RENEWS_LEASES.entries()) {
    const part = release[index] ?? 0;
    if (part !== required) return part > required;
  }
  return !PRE_RELEASE.test(match[4] ?? "");
}

export function managesSlotsItself(version: string | null): boolean {
  return version !== null && MANAGES_SLOTS_ITSELF.has(version);
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

it("the lock file has the packages of every platform, without which `npm ci` refuses it", () => {
  const path = join(import.meta.dirname, "..", "package-lock.json");
  const { packages } = JSON.parse(readFileSync(path, "utf8")) as { packages: Record<string, LockedPackage> };
  const wanted = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).map((name) => ({ place, name })),
  );
  expect(wanted.length).toBeGreaterThan(50);
  const missing = wanted.filter(
    ({ name, place }) => !packages[`node_modules/${name}`] && !packages[`${place}/node_modules/${name}`],
  );
  // After `npm install`, run `npm run lock`: registries without a platform's package leave it out.
  expect(missing).toEqual([]);
});

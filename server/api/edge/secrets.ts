/** Comparing and making secrets. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** True when two texts are equal; the time taken tells nothing about where or how much they differ. */
export function secretsEqual(left: string, right: string): boolean {
  return timingSafeEqual(digest(left), digest(right));
}

/** 64 hexadecimal digits from the system's random source. */
export function newSecretToken(): string {
  return randomBytes(32).toString("hex");
}

// Hashing first makes the lengths equal, so that not even they show.
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

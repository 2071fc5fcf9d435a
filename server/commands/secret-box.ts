/**
 * Keeps what is secret unreadable in the database: AES-256-GCM under a key that is not stored with it. A sealed text
 * opens only for the thing it was sealed for, so that rows can't be exchanged.
 *
 * `sluice1.<fingerprint of the key>.<nonce, tag and ciphertext, base64url>`
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";

const FORMAT = "sluice1";
const ALGORITHM = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A sealed text that this server's key does not open. */
export class SealedError extends Error {
  override readonly name = "SealedError";
}

export class SecretBox {
  readonly #key: Uint8Array;
  readonly #fingerprint: string;

  /** @param secret any text; the key is derived from it */
  constructor(secret: string) {
    this.#key = new Uint8Array(hkdfSync("sha256", secret, "", "sluice secrets", KEY_BYTES));
    this.#fingerprint = createHash("sha256").update(this.#key).digest("hex").slice(0, 8);
  }

  /** @param owner what the text belongs to, e.g. a row's id */
  seal(text: string, owner: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce).setAAD(Buffer.from(owner));
    const content = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    const bytes = Buffer.concat([nonce, cipher.getAuthTag(), content]);
    return `${FORMAT}.${this.#fingerprint}.${bytes.toString("base64url")}`;
  }

  /** @throws SealedError */
  open(sealed: string, owner: string): string {
    const [format, fingerprint, encoded = ""] = sealed.split(".");
    if (format !== FORMAT) throw new SealedError(`What is stored of ${owner} is not sealed as expected.`);
    if (fingerprint !== this.#fingerprint) {
      throw new SealedError(
        `What is stored of ${owner} was encrypted with another key (${fingerprint}) than this server's (${this.#fingerprint}). ` +
          "Give it the former one in SLUICE_SERVER_ENCRYPTION_KEY.",
      );
    }
    const bytes = Buffer.from(encoded, "base64url");
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
    try {
      const decipher = createDecipheriv(ALGORITHM, this.#key, nonce, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(owner))
        .setAuthTag(tag);
      const content = bytes.subarray(NONCE_BYTES + TAG_BYTES);
      return Buffer.concat([decipher.update(content), decipher.final()]).toString("utf8");
    } catch (cause) {
      throw new SealedError(`What is stored of ${owner} was changed after it was encrypted.`, { cause });
    }
  }
}

import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";

/**
 * Where the key of a conversation comes from. The same conversation always has the same key, on
 * every node and after every restart; put the client of a key service in its place.
 */
export interface ConversationKeys {
  /** 32 bytes. */
  keyOf(conversation: string): Uint8Array;
}

/** HKDF (RFC 5869) with SHA-256 of one secret. */
export class HkdfKeys implements ConversationKeys {
  readonly #pseudorandom: Uint8Array;

  constructor(secret: string | undefined) {
    if (!secret) throw new Error("there is no secret to derive keys from");
    this.#pseudorandom = createHmac("sha256", "runar-messaging").update(secret).digest();
  }

  /** One block of output is all that a key of 32 bytes needs. */
  keyOf(conversation: string): Uint8Array {
    return createHmac("sha256", this.#pseudorandom)
      .update(`conversation:${conversation}`)
      .update(new Uint8Array([1]))
      .digest();
  }
}

/** A text as it rests on the disk: AES-256-GCM, bound to its conversation. */
export function seal(key: Uint8Array, conversation: string, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(Buffer.from(conversation));
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
}

/** @throws Error if it was sealed for another conversation, or is not what was sealed */
export function unseal(key: Uint8Array, conversation: string, sealed: string): string {
  const bytes = Buffer.from(sealed, "base64");
  const cipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12));
  cipher.setAAD(Buffer.from(conversation));
  cipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([cipher.update(bytes.subarray(28)), cipher.final()]).toString("utf8");
}

import { createHmac, timingSafeEqual } from "node:crypto";

const LIFE = 12 * 3_600_000;

/** Tokens that only the owner of the secret can make: who somebody is, and until when. */
export class Tokens {
  readonly #secret: string;

  /** @throws Error without a secret: at the start, and not when the first client comes */
  constructor(secret: string | undefined) {
    if (!secret || secret.length < 32) {
      throw new Error("MESSAGING_SECRET is missing or shorter than 32 characters");
    }
    this.#secret = secret;
  }

  make(user: string, until = Date.now() + LIFE): string {
    const claims = Buffer.from(JSON.stringify({ user, until })).toString("hex");
    return `${claims}.${this.#signed(claims)}`;
  }

  /** Whose it is; undefined if it is forged or too old. */
  userOf(token: string | undefined): string | undefined {
    const [claims = "", signature = ""] = (token ?? "").split(".");
    const expected = Buffer.from(this.#signed(claims));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const { user, until } = JSON.parse(Buffer.from(claims, "hex").toString()) as {
      user: string;
      until: number;
    };
    return until > Date.now() ? user : undefined;
  }

  #signed(claims: string): string {
    return createHmac("sha256", this.#secret).update(`token:${claims}`).digest("hex");
  }
}

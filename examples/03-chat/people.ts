import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Who has signed in, as everybody sees them. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

interface Known extends Person {
  /** In ms since 1970. */
  readonly until: number;
}

const KEPT = 10_000;
/** How long one stays signed in, in ms. */
export const SESSION = 12 * 3_600_000;

/**
 * Who may come in: gives out tokens that only the owner of the secret can make, and keeps two
 * people from having one name. A token outlives a restart, the list of names does not.
 */
export class People {
  readonly #secret: string;
  readonly #known = new Map<string, Known>();

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** A new person and the token to be known by, or nobody: the name is taken. */
  signIn(name: string): { person: Person; token: string } | undefined {
    const folded = fold(name);
    const now = Date.now();
    for (const known of this.#known.values()) {
      if (known.until > now && fold(known.name) === folded) return undefined;
    }
    const known = { id: randomBytes(8).toString("hex"), name, until: now + SESSION };
    this.#remember(known);
    const claims = Buffer.from(JSON.stringify(known)).toString("hex");
    return { person: { id: known.id, name }, token: `${claims}.${this.#signed(claims)}` };
  }

  signOut(person: Person): void {
    this.#known.delete(person.id);
  }

  /** Whose token it is; nobody's if it is forged, or too old. */
  of(token: string | undefined): Person | undefined {
    const [claims = "", signature = ""] = (token ?? "").split(".");
    const expected = Buffer.from(this.#signed(claims));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const known = JSON.parse(Buffer.from(claims, "hex").toString()) as Known;
    if (known.until < Date.now()) return undefined;
    this.#remember(known);
    return { id: known.id, name: known.name };
  }

  /** Who has been here since the start, by id. */
  byId(id: string): Person | undefined {
    return this.#known.get(id);
  }

  /** The one who was here longest ago goes first. */
  #remember(known: Known): void {
    this.#known.delete(known.id);
    this.#known.set(known.id, known);
    for (const id of this.#known.keys()) {
      if (this.#known.size <= KEPT) return;
      this.#known.delete(id);
    }
  }

  #signed(claims: string): string {
    return createHmac("sha256", this.#secret).update(`session:${claims}`).digest("hex");
  }
}

function fold(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Who has signed in, as everybody sees them. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

interface Session extends Person {
  /** In ms since 1970. */
  readonly until: number;
  /** Whether its owner has signed out: its token is good for nothing any more. */
  readonly isOver?: boolean;
}

/** How long one stays signed in, in ms. */
export const SESSION = 12 * 3_600_000;

/**
 * Who may come in: gives out tokens that only the owner of the secret can make, and keeps two
 * people from having one name. A session is kept until it runs out, signed out or not, and nobody
 * is pushed out for another: who finds the memory full has to wait. A token outlives a restart,
 * the memory of names and of who has signed out does not.
 */
export class People {
  readonly #secret: string;
  readonly #most: number;
  readonly #sessions = new Map<string, Session>();
  /** The ids of those who have a name, by the name as it is compared. */
  readonly #names = new Map<string, string>();

  constructor(secret: string, most = 10_000) {
    this.#secret = secret;
    this.#most = most;
  }

  /** A new person and the token to be known by, or why there is none. */
  signIn(name: string): { person: Person; token: string } | "taken" | "full" {
    const session = { id: randomBytes(8).toString("hex"), name, until: Date.now() + SESSION };
    const kept = this.#keep(session);
    if (kept !== "kept") return kept;
    const claims = Buffer.from(JSON.stringify(session)).toString("hex");
    return { person: personOf(session), token: `${claims}.${this.#signed(claims)}` };
  }

  signOut(person: Person): void {
    const session = this.#sessions.get(person.id);
    if (session === undefined || session.isOver) return;
    this.#sessions.set(session.id, { ...session, isOver: true });
    this.#names.delete(fold(session.name));
  }

  /**
   * Whose token it is; nobody's if it is forged, too old or signed out, or if somebody else took
   * the name while nobody remembered it.
   */
  of(token: string | undefined): Person | undefined {
    const [claims = "", signature = ""] = (token ?? "").split(".");
    const expected = Buffer.from(this.#signed(claims));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const session = JSON.parse(Buffer.from(claims, "hex").toString()) as Session;
    if (session.until <= Date.now()) return undefined;
    if (!this.#sessions.has(session.id)) this.#keep(session);
    return this.byId(session.id);
  }

  /** Who is signed in and has been here since the start, by id. */
  byId(id: string): Person | undefined {
    const session = this.#sessions.get(id);
    if (session === undefined || session.isOver || session.until <= Date.now()) return undefined;
    return personOf(session);
  }

  save(): Session[] {
    return [...this.#sessions.values()];
  }

  restore(sessions: Session[]): void {
    for (const session of sessions) {
      this.#sessions.set(session.id, session);
      if (!session.isOver) this.#names.set(fold(session.name), session.id);
    }
  }

  #keep(session: Session): "kept" | "taken" | "full" {
    this.#forgetOld();
    const name = fold(session.name);
    const owner = this.#names.get(name);
    if (owner !== undefined && this.byId(owner) !== undefined) return "taken";
    if (this.#sessions.size >= this.#most) return "full";
    this.#sessions.set(session.id, session);
    this.#names.set(name, session.id);
    return "kept";
  }

  /** What came first runs out first, but for tokens from before a restart. */
  #forgetOld(): void {
    for (const { id, name, until } of this.#sessions.values()) {
      if (until > Date.now()) return;
      this.#sessions.delete(id);
      if (this.#names.get(fold(name)) === id) this.#names.delete(fold(name));
    }
  }

  #signed(claims: string): string {
    return createHmac("sha256", this.#secret).update(`session:${claims}`).digest("hex");
  }
}

function personOf({ id, name }: Session): Person {
  return { id, name };
}

function fold(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

package dev.runar.internal.token;

/** What became of a token. Immutable. */
public sealed interface Verdict {
  /** It may be believed. */
  record Valid(TokenClaims claims) implements Verdict {}

  /** It might have been believed earlier; its client is to bring a new one. */
  record Expired() implements Verdict {}

  /**
   * It is none of ours.
   *
   * @param reason for the log of this side; a client is not told, but may have written some of it
   */
  record Invalid(String reason) implements Verdict {}

  /** The keys could not be fetched, so nothing is known. */
  record Unavailable(String reason) implements Verdict {}
}

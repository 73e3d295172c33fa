package dev.runar.cli.contract;

/**
 * One difference between two descriptions.
 *
 * @param where the service, action or field: {@code math/add: input.a}
 * @param what in words
 */
public record Change(Kind kind, String where, String what) {
  /** Whether those who use the old one get on with the new one. */
  public enum Kind {
    BREAKING,
    COMPATIBLE
  }
}

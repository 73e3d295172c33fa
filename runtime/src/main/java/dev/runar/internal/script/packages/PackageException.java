package dev.runar.internal.script.packages;

/** A package has no file for an import. Immutable; any thread. */
public final class PackageException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String why;

  PackageException(String what, String why) {
    super(what);
    this.why = why;
  }

  /** What happened, in one line. */
  public String what() {
    return String.valueOf(getMessage());
  }

  /** Why, and what to do. */
  public String why() {
    return why;
  }
}

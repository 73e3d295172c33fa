package dev.runar.internal.script.module;

/** The compiler of a platform that has none. */
final class NoTypeScript implements TypeScript {
  @Override
  public String identity() {
    return "none";
  }

  @Override
  public Compiled compile(String source) throws UnavailableException {
    throw new UnavailableException("Plan9 mips", new UnsatisfiedLinkError("no swc4j"));
  }
}

package dev.runar.internal.script.module;

/** In the place of the compiler where its library is not installed. Immutable; any thread. */
record MissingTypeScript(LinkageError why) implements TypeScript {
  @Override
  public String identity() {
    return "none";
  }

  @Override
  public Compiled compile(String source) throws UnavailableException {
    throw new UnavailableException("a program without its library", why);
  }
}

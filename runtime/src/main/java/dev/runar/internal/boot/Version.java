package dev.runar.internal.boot;

/** The version of this build, as its manifest says. */
final class Version {
  private Version() {}

  static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}

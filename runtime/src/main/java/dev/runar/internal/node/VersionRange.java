package dev.runar.internal.node;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import org.jspecify.annotations.Nullable;
import org.semver4j.Semver;
import org.semver4j.range.RangeList;
import org.semver4j.range.RangeListFactory;

/**
 * Which versions of a service are meant, by the rules of npm: {@code 2}, {@code 2.x}, {@code ^2.1},
 * {@code ~2.1}, {@code >=1,<3}, {@code 1||3}, {@code 2.0.0-beta.1}. Immutable.
 *
 * @param text as it was written; empty: any release
 */
record VersionRange(String text, @Nullable RangeList ranges) {
  /** Nobody means a longer one; each is read by regular expressions. */
  private static final int MAX_LENGTH = 64;

  static final VersionRange ANY = new VersionRange("", null);

  /**
   * Reads a range.
   *
   * @param where what it was read in, for the error
   * @throws RunarException {@code INVALID_PATH}
   */
  static VersionRange parse(String text, String where) {
    if (text.isEmpty()) {
      return ANY;
    }
    RangeList ranges = text.length() > MAX_LENGTH ? null : read(text);
    if (ranges == null) {
      throw new RunarException(
          Code.INVALID_PATH,
          "invalid path \""
              + where
              + "\": \""
              + (text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "…" : text)
              + "\" names no versions; write 2, 2.x, ^2.1, ~2.1, >=1,<3 or 2.0.0-beta.1");
    }
    return new VersionRange(text, ranges);
  }

  /** Null: it is no range. */
  private static @Nullable RangeList read(String text) {
    try {
      RangeList ranges = RangeListFactory.create(text.replace(',', ' '));
      return ranges.get().isEmpty() ? null : ranges;
    } catch (RuntimeException e) { // such as a number that is none of an int
      return null;
    }
  }

  /**
   * Reads the version of a service.
   *
   * @throws RunarException {@code INVALID_INPUT}
   */
  static Semver version(ServiceDefinition service) {
    Semver version = Semver.parse(service.version());
    if (version == null) {
      Semver meant = Semver.coerce(service.version());
      throw new RunarException(
          Code.INVALID_INPUT,
          "service \""
              + service.scope().servicePath()
              + "\": version \""
              + service.version()
              + "\" is not major.minor.patch; "
              + (meant == null ? "write one such as 1.0.0" : "did you mean " + meant + "?"));
    }
    return version;
  }

  boolean admits(Semver version) {
    return ranges == null || ranges.isSatisfiedBy(version);
  }

  /** None was named. What is before its release is meant then only if there is no release. */
  boolean isAny() {
    return ranges == null;
  }
}

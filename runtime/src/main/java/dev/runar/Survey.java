package dev.runar;

import java.nio.file.Path;
import java.util.List;

/**
 * What a script needs of its host, as far as its text and that of its modules show. Nothing of it
 * is run. Immutable.
 *
 * @param modules files that were read, those of packages included
 * @param findings in the order of the files, as they are imported
 */
public record Survey(int modules, List<Finding> findings) {
  /** Copies the list. */
  public Survey {
    findings = List.copyOf(findings);
  }

  /** What is found. */
  public enum Kind {
    /** A file is neither TypeScript nor JavaScript. */
    SYNTAX,
    /** An import leads nowhere, or to a module of Node.js that is not here. */
    IMPORT,
    /** The same, where the script may be prepared for it: in a {@code try}, or as a promise. */
    OPTIONAL_IMPORT,
    /** A name that no module declares; whether there is such a global only a script knows. */
    GLOBAL,
    /** A host that is connected to. */
    NET,
    /** A file outside of the project. */
    READ,
    /** An environment variable. */
    ENV,
    /** A Java class. */
    JAVA
  }

  /**
   * One finding.
   *
   * @param subject such as a specifier, a name, a host
   * @param place {@code file:line:column}; may be empty
   * @param details what is wrong and what to do; for a permission the rule that is missing, or
   *     empty when it is granted
   * @param frame the line of source with a caret; may be empty
   */
  public record Finding(Kind kind, String subject, String place, String details, String frame) {}

  /**
   * Surveys a script and all that it imports.
   *
   * @param granted what it may reach
   * @throws RunarException {@code SCRIPT} when there is no such file
   */
  public static Survey of(Path entry, Permissions granted) {
    return NodeProvider.instance().survey(entry, granted);
  }
}

package dev.runar.internal.script;

import dev.runar.internal.script.module.ScriptImporter;
import java.nio.file.Path;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;

/** What {@code shell.js} asks of the host. Owner thread only. */
public final class HostShell {
  private final ScriptImporter importer;
  private final Path entry;

  /**
   * For one shell.
   *
   * @param entry the file, which need not be there, that imports are relative to
   */
  HostShell(ScriptImporter importer, Path entry) {
    this.importer = importer;
    this.entry = entry;
  }

  @HostAccess.Export
  public String entry() {
    return entry.toString();
  }

  /** Imports as the entry would; {@code missing} takes a message when there is no such module. */
  @HostAccess.Export
  public void load(String specifier, Value resolve, Value reject, Value missing) {
    ProxyExecutable loaded = arguments -> resolve.execute(arguments[0]);
    ProxyExecutable failed = arguments -> reject.execute(arguments[0]);
    ProxyExecutable absent = arguments -> missing.execute(arguments[0].asString());
    importer.load(entry, specifier, loaded, failed, absent);
  }
}

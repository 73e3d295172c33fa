package dev.runar;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every failure that a node tells its callers, with a stable {@link Code}.
 *
 * <p>An error thrown in a script arrives with the script's own message, {@code data} and stack (in
 * {@link #remoteStack}); an error thrown by a Java handler reaches the script the same way.
 */
public class RunarException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong. The TypeScript SDK has the same list, held equal by a test. */
  public enum Code {
    /** The caller gave up before the work was done. */
    CANCELLED,
    /** A configuration key or value is wrong. */
    CONFIG,
    /** The script context that should have run the callback is gone. */
    CONTEXT_GONE,
    /** A service, action or path is already taken. */
    DUPLICATE,
    /** The handler threw an error of its own. */
    HANDLER_FAILED,
    /** The payload does not fit what the handler takes. */
    INVALID_INPUT,
    /** A path, topic or pattern is malformed. */
    INVALID_PATH,
    /** The turn allocated more memory than one turn may. */
    MEMORY_LIMIT,
    /** The message is larger than the bound. */
    TOO_LARGE,
    /** Nothing answers to this path. */
    NOT_FOUND,
    /** The service or node exists but is in another state than running. */
    NOT_RUNNING,
    /** A queue or table is at its bound; try again later. */
    OVERLOADED,
    /** The caller may not do this. */
    PERMISSION_DENIED,
    /** A client spoke the protocol wrongly. */
    PROTOCOL,
    /** A script could not be loaded. */
    SCRIPT,
    /** The node is stopping. */
    SHUTDOWN,
    /** The deadline passed. */
    TIMEOUT,
    /** The value cannot cross between script, Java and network. */
    UNSUPPORTED_VALUE,
    /** A fault of the node itself. */
    INTERNAL
  }

  private final Code code;

  @SuppressWarnings("serial") // an error is never written by Java serialization
  private final @Nullable Payload data;

  private final @Nullable String remoteName;
  private final @Nullable String remoteStack;
  private final boolean isDefined;
  private @Nullable String node; // guarded by this
  private @Nullable String path; // guarded by this

  public RunarException(Code code, String message) {
    this(code, message, null);
  }

  public RunarException(Code code, String message, @Nullable Throwable cause) {
    this(code, message, cause, null, null, null);
  }

  /**
   * An error that was raised elsewhere, in a script or behind a socket.
   *
   * @param data what the thrower attached, or null
   * @param remoteName the class name there, such as {@code TypeError}, or null
   * @param remoteStack the stack trace there, or null
   */
  public RunarException(
      Code code,
      String message,
      @Nullable Throwable cause,
      @Nullable Payload data,
      @Nullable String remoteName,
      @Nullable String remoteStack) {
    this(code, message, cause, new Remote(data, remoteName, remoteStack, false));
  }

  /** An error that was raised elsewhere. */
  public RunarException(Code code, String message, @Nullable Throwable cause, Remote remote) {
    super(message, cause);
    this.code = code;
    this.data = remote.data();
    this.remoteName = remote.name();
    this.remoteStack = remote.stack();
    this.isDefined = remote.isDefined() && remoteName != null;
  }

  /**
   * What is known of an error beside its message.
   *
   * @param data what the thrower attached, or null
   * @param name the class name there, such as {@code TypeError}, or null
   * @param stack the stack trace there, or null
   * @param isDefined the name is that of {@code defineError}, a part of what the action promises
   */
  public record Remote(
      @Nullable Payload data, @Nullable String name, @Nullable String stack, boolean isDefined) {}

  /**
   * An error with a name of its own: in a script that has {@code defineError(name)} it is an
   * instance of that class, and clients of the port see the name and the data.
   *
   * @param data what the class promises; null: nothing
   */
  public static RunarException defined(String name, String message, @Nullable Payload data) {
    return new RunarException(
        Code.HANDLER_FAILED, message, null, new Remote(data, name, null, true));
  }

  /** The stable reason; switch on this, not on the message. */
  public final Code code() {
    return code;
  }

  /** What the thrower attached. */
  public final Optional<Payload> data() {
    return Optional.ofNullable(data);
  }

  /** The error's class name where it was thrown, if that was not in this JVM's Java. */
  public final Optional<String> remoteName() {
    return Optional.ofNullable(remoteName);
  }

  /** Its name by {@code defineError} or {@link #defined}; empty for any other error. */
  public final Optional<String> definedName() {
    return isDefined ? remoteName() : Optional.empty();
  }

  /** The node whose request failed first, {@code network/id}; empty: it was no request. */
  public final synchronized Optional<String> node() {
    return Optional.ofNullable(node);
  }

  /** The path of the request that failed first: where to look. Empty: it was no request. */
  public final synchronized Optional<String> path() {
    return Optional.ofNullable(path);
  }

  /**
   * Says where the error came from, unless it has been said before: the innermost counts.
   *
   * @return this
   */
  public final synchronized RunarException at(String failedNode, String failedPath) {
    if (node == null && path == null) {
      node = failedNode;
      path = failedPath;
    }
    return this;
  }

  /** The stack where the error was thrown, source-mapped, if that was not in this JVM's Java. */
  public final Optional<String> remoteStack() {
    return Optional.ofNullable(remoteStack);
  }

  /**
   * The lines of the script's source around the place where the error was thrown, with a mark below
   * it. Reads the file: ask for it only to show it.
   */
  public Optional<String> excerpt() {
    return Optional.empty();
  }

  /**
   * The failure as a person reads it, several lines: name or code and message, {@link #excerpt},
   * the stack in the script, what caused it, and the errors of an {@code AggregateError}, which are
   * {@linkplain #getSuppressed suppressed}. Control characters are spelled out, so that nothing of
   * it can pass for another line of a log or move a terminal's cursor.
   */
  public final String report() {
    return FailureReport.of(this);
  }
}

package dev.runar.internal.broker;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.protocol.PublicError;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HexFormat;
import java.util.function.LongSupplier;

/**
 * Writes into the log what went wrong in a handler that a client has called: the client is told the
 * message and no more, so that nobody else would see the stack. At most {@value #PER_SECOND} a
 * second, since a client can call as often as it likes; the others are counted. Any thread.
 */
public final class HandlerFailures {
  static final int PER_SECOND = 10;
  private static final Logger LOG = System.getLogger("runar.request");

  private final LongSupplier nanos;
  private final LogRate rate;

  /** Counts seconds by this clock. */
  public HandlerFailures(LongSupplier nanos) {
    this.nanos = nanos;
    this.rate = new LogRate(nanos, PER_SECOND);
  }

  /**
   * What the client is told. A handler's own error and a fault of the node are written into the
   * log; what the node refuses is no fault of anybody's, and an error that a service has defined
   * for its callers is no news.
   */
  public PublicError shown(String path, String caller, RunarException failure) {
    String reference = HexFormat.of().toHexDigits((int) nanos.getAsLong());
    boolean isWritten = write(path, caller, failure, reference);
    return PublicError.of(failure, isWritten ? reference : "");
  }

  /**
   * Writes it into the log if it is somebody's fault, and there is room.
   *
   * @param reference by which the client may ask for the line
   * @return whether there is a line
   */
  public boolean write(String path, String caller, RunarException failure, String reference) {
    boolean isHidden = PublicError.isHidden(failure);
    boolean isUnforeseen = failure.code() == Code.HANDLER_FAILED && failure.definedName().isEmpty();
    long unseen = isHidden || isUnforeseen ? rate.admit() : -1;
    if (unseen < 0) {
      return false;
    }
    String said = isHidden ? " reference=" + reference : "";
    String before = LogRate.notShown(unseen);
    LOG.log(
        Level.ERROR,
        () ->
            "request "
                + path
                + " of "
                + caller
                + " failed"
                + said
                + before
                + ": "
                + failure.report());
    return true;
  }
}

package dev.runar.internal.broker.centrifugal;

import dev.runar.RunarException.Code;
import dev.runar.internal.protocol.PublicError;
import dev.runar.internal.protocol.centrifugal.CentrifugalError;
import dev.runar.internal.protocol.centrifugal.CentrifugalReply;

/**
 * What the failures of the node are in the protocol, which has a number and a text for them: where
 * it has a number of its own that is taken, and the others are from 400 on. The text begins with
 * the code, or with the name of an error that a service has defined. Stateless.
 */
final class CallFailure {
  private CallFailure() {}

  static CentrifugalReply.Failed of(long id, PublicError error) {
    String name = error.name();
    String text = (name == null ? error.code().name() : name) + ": " + error.message();
    return new CentrifugalReply.Failed(id, code(error.code()), text, isTemporary(error.code()));
  }

  static int code(Code code) {
    return switch (code) {
      case INTERNAL, CONFIG, SCRIPT -> CentrifugalError.INTERNAL.code();
      case PERMISSION_DENIED -> CentrifugalError.PERMISSION_DENIED.code();
      case NOT_FOUND -> CentrifugalError.METHOD_NOT_FOUND.code();
      case TOO_LARGE -> CentrifugalError.LIMIT_EXCEEDED.code();
      case INVALID_PATH, PROTOCOL -> CentrifugalError.BAD_REQUEST.code();
      case OVERLOADED -> CentrifugalError.TOO_MANY_REQUESTS.code();
      case HANDLER_FAILED -> 400;
      case INVALID_INPUT -> 401;
      case TIMEOUT -> 402;
      case NOT_RUNNING -> 403;
      case CONTEXT_GONE -> 404;
      case SHUTDOWN -> 405;
      case CANCELLED -> 406;
      case MEMORY_LIMIT -> 407;
      case UNSUPPORTED_VALUE -> 408;
      case DUPLICATE -> 409;
    };
  }

  private static boolean isTemporary(Code code) {
    return switch (code) {
      case INTERNAL, OVERLOADED, TIMEOUT, NOT_RUNNING, CONTEXT_GONE, SHUTDOWN -> true;
      default -> false;
    };
  }
}

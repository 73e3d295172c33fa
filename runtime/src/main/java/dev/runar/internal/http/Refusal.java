package dev.runar.internal.http;

import dev.runar.RunarException.Code;

/** A request that no action is asked for: what its client is told. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final Code code;

  Refusal(int status, Code code, String detail) {
    super(detail, null, false, false);
    this.status = status;
    this.code = code;
  }

  static Refusal invalid(String detail) {
    return new Refusal(400, Code.INVALID_INPUT, detail);
  }

  HttpResponse response(String id) {
    if (status == 401) {
      return Problems.unauthorized(id);
    }
    return Problems.of(status, code, String.valueOf(getMessage()), id);
  }
}

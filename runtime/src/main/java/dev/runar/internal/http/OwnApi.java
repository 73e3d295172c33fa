package dev.runar.internal.http;

/** An HTTP API of the port's own, on paths that go before those of actions. Any thread. */
public interface OwnApi {
  /** None. */
  OwnApi NONE =
      new OwnApi() {
        @Override
        public boolean answers(String path) {
          return false;
        }

        @Override
        public long mostBytes() {
          return 0;
        }

        @Override
        public HttpExchange begin(HttpRequest request, byte[] body) {
          throw new IllegalStateException("nothing is answered here");
        }
      };

  /** Whether a path is one of its own, as it came. */
  boolean answers(String path);

  /** The largest body that it takes. */
  long mostBytes();

  /** Begins to answer; nothing here blocks. */
  HttpExchange begin(HttpRequest request, byte[] body);
}

package dev.runar.internal.http;

import java.util.List;

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
        public long mostBytes(String path) {
          return 0;
        }

        @Override
        public HttpExchange begin(HttpRequest request, byte[] body) {
          throw new IllegalStateException("nothing is answered here");
        }
      };

  /** Whether a path is one of its own, as it came. */
  boolean answers(String path);

  /** The largest body that it takes on one of its paths. */
  long mostBytes(String path);

  /** The methods of one of its paths that pages of other origins may use. */
  default List<String> methods(String path) {
    return List.of();
  }

  /** Begins to answer; nothing here blocks. */
  HttpExchange begin(HttpRequest request, byte[] body);

  /** Two that share no path. */
  static OwnApi both(OwnApi one, OwnApi other) {
    return new OwnApi() {
      private OwnApi of(String path) {
        return one.answers(path) ? one : other;
      }

      @Override
      public boolean answers(String path) {
        return of(path).answers(path);
      }

      @Override
      public long mostBytes(String path) {
        return of(path).mostBytes(path);
      }

      @Override
      public List<String> methods(String path) {
        return of(path).methods(path);
      }

      @Override
      public HttpExchange begin(HttpRequest request, byte[] body) {
        return of(request.path()).begin(request, body);
      }
    };
  }
}

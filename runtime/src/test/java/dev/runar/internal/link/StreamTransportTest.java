package dev.runar.internal.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.internal.host.LastWords;
import dev.runar.internal.host.Unspeakable;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The transport over streams, when one of them fails. */
@Timeout(20)
class StreamTransportTest {
  private final CompletableFuture<String> closed = new CompletableFuture<>();

  @Test
  void whatCannotBeWrittenForWantOfMemoryIsTheEndAndTold() throws Exception {
    try (var neverEnds = new PipedOutputStream();
        InputStream in = new PipedInputStream(neverEnds)) {
      var transport =
          new StreamTransport(
              in,
              new OutputStream() {
                @Override
                public void write(int octet) {
                  throw new OutOfMemoryError("Java heap space");
                }
              });
      transport.start(new Told(closed));
      transport.post(new byte[100], 0, 100);

      assertThat(closed.join())
          .isEqualTo("the link cannot be written: java.lang.OutOfMemoryError: Java heap space");
    }
  }

  @Test
  void withoutMemoryForWordsItEndsAllTheSame() throws Exception {
    try (var neverEnds = new PipedOutputStream();
        InputStream in = new PipedInputStream(neverEnds)) {
      neverEnds.write(1);
      var transport = new StreamTransport(in, OutputStream.nullOutputStream());
      transport.start(new ReadsNothing(closed));

      assertThat(closed.join()).isEqualTo(LastWords.NO_MEMORY);
    }
  }

  private record ReadsNothing(CompletableFuture<String> closed) implements LinkTransport.Receiver {
    @Override
    public void onBytes(byte[] bytes, int offset, int length) {
      throw new Unspeakable();
    }

    @Override
    public void onRoom() {}

    @Override
    public void onClosed(String why) {
      closed.complete(why);
    }
  }

  private record Told(CompletableFuture<String> closed) implements LinkTransport.Receiver {
    @Override
    public void onBytes(byte[] bytes, int offset, int length) {}

    @Override
    public void onRoom() {}

    @Override
    public void onClosed(String why) {
      closed.complete(why);
    }
  }
}

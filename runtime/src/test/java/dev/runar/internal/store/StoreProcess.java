package dev.runar.internal.store;

import dev.runar.internal.store.LogStore.Options;
import dev.runar.spi.Store.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * A process that appends until it is killed. It prints {@code +n id .} for each acknowledged append
 * of the number n, and {@code -n .} for each acknowledged removal.
 */
final class StoreProcess {
  private StoreProcess() {}

  /** The folder and the first number. */
  public static void main(String... args) {
    var store =
        LogStore.open(Path.of(args[0]), new Options(Level.SYNCED, StoreBounds.DEFAULT, 200_000));
    long number = Long.parseLong(args[1]);
    var room = new java.util.concurrent.Semaphore(64);
    while (true) {
      room.acquireUninterruptibly();
      long n = number++;
      var _ =
          store
              .append(List.of("q"), body(n))
              .whenComplete(
                  (receipt, error) -> {
                    room.release();
                    say("+" + n + " " + receipt.id());
                    if (n % 3 != 0) {
                      var _ = store.remove("q", List.of(receipt.id())).thenRun(() -> say("-" + n));
                    }
                  });
    }
  }

  private static void say(String line) {
    System.out.print(line + " .\n");
    System.out.flush();
  }

  /** The number, and as many bytes as it says, made of it. */
  static byte[] body(long number) {
    var body = ByteBuffer.allocate(8 + (int) (number * 31 % 400));
    body.putLong(number);
    while (body.hasRemaining()) {
      body.put((byte) number);
    }
    return body.array();
  }
}

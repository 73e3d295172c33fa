package dev.runar.cli.systemd;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * A socket that takes datagrams as systemd's does. The address is put together here anew, from
 * unix(7), so that the one of the sender is not its own witness.
 */
public final class DatagramInbox implements AutoCloseable {
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int ROOM = 4_096;

  private final int descriptor;

  private DatagramInbox(int descriptor) {
    this.descriptor = descriptor;
  }

  /** At a path, or at an abstract name after {@code @}. */
  public static DatagramInbox at(String name) throws IOException {
    byte[] path =
        (name.startsWith("@") ? '\0' + name.substring(1) : name + '\0')
            .getBytes(StandardCharsets.UTF_8);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(2L + path.length, 2);
      address.set(JAVA_SHORT, 0, (short) AF_UNIX);
      MemorySegment.copy(path, 0, address, JAVA_BYTE, 2, path.length);
      int made =
          (int)
              function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT))
                  .invoke(AF_UNIX, SOCK_DGRAM, 0);
      int bound =
          (int)
              function("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT))
                  .invoke(made, address, (int) address.byteSize());
      if (made < 0 || bound != 0) {
        throw new IOException("no socket at " + name);
      }
      return new DatagramInbox(made);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException(e);
    }
  }

  /** Waits for the next message. */
  public String take() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment room = arena.allocate(ROOM);
      long length =
          (long)
              function(
                      "recv",
                      FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT))
                  .invoke(descriptor, room, (long) ROOM, 0);
      if (length < 0) {
        throw new IOException("closed");
      }
      return new String(room.asSlice(0, length).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT)).invoke(descriptor);
    } catch (Throwable e) {
      throw new IOException(e);
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle function(String name, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
  }
}

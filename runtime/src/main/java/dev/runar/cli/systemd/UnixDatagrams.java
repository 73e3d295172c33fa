package dev.runar.cli.systemd;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.Serial;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * Datagrams of the family {@code AF_UNIX}, which the JDK does not have: three functions of libc,
 * with the numbers of Linux. Any thread; one that sends waits while the receiver's queue is full.
 */
final class UnixDatagrams {
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int FAMILY_BYTES = 2;

  private static final int EPERM = 1;
  private static final int ENOENT = 2;
  private static final int EACCES = 13;
  private static final int ECONNREFUSED = 111;

  private final MethodHandle socket;
  private final MethodHandle sendTo;
  private final MethodHandle close;
  private final MemorySegment state;

  /** A message that was not sent, and why. */
  static final class Unsent extends Exception {
    @Serial private static final long serialVersionUID = 1;

    Unsent(String reason) {
      super(reason);
    }
  }

  @SuppressWarnings("restricted") // the launcher gives native access
  private UnixDatagrams(Arena arena) {
    Linker linker = Linker.nativeLinker();
    Linker.Option errno = Linker.Option.captureCallState("errno");
    this.state = arena.allocate(Linker.Option.captureStateLayout());
    this.socket =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("socket"),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
            errno);
    this.sendTo =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("sendto"),
            FunctionDescriptor.of(
                JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT),
            errno);
    this.close =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("close"), FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  }

  /**
   * Sends one datagram, from a socket of its own.
   *
   * @throws Unsent with what the operating system says
   */
  static void send(SocketAddress to, String message) throws Unsent {
    try (Arena arena = Arena.ofConfined()) {
      new UnixDatagrams(arena).send(arena, to, message);
    } catch (Unsent e) {
      throw e;
    } catch (Throwable e) { // as a method handle declares; no libc, or no native access
      throw new Unsent(String.valueOf(e));
    }
  }

  private void send(Arena arena, SocketAddress to, String message) throws Throwable {
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    MemorySegment data = arena.allocateFrom(JAVA_BYTE, bytes);
    byte[] path = to.path();
    MemorySegment address = arena.allocate(FAMILY_BYTES + (long) path.length, FAMILY_BYTES);
    address.set(JAVA_SHORT, 0, (short) AF_UNIX);
    MemorySegment.copy(path, 0, address, JAVA_BYTE, FAMILY_BYTES, path.length);

    int descriptor = (int) socket.invokeExact(state, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
      throw new Unsent("no socket can be made: " + reason());
    }
    try {
      long sent =
          (long)
              sendTo.invokeExact(
                  state,
                  descriptor,
                  data,
                  (long) bytes.length,
                  MSG_NOSIGNAL,
                  address,
                  (int) address.byteSize());
      if (sent != bytes.length) {
        throw new Unsent(reason());
      }
    } finally {
      var _ = (int) close.invokeExact(descriptor);
    }
  }

  private String reason() {
    int number =
        (int)
            Linker.Option.captureStateLayout()
                .varHandle(MemoryLayout.PathElement.groupElement("errno"))
                .get(state, 0L);
    return switch (number) {
      case ENOENT -> "there is no such socket";
      case ECONNREFUSED -> "nobody listens there";
      case EACCES, EPERM -> "this user may not write to it";
      default -> "error " + number + " of the operating system";
    };
  }
}

package dev.runar.cli.control;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The folder with the sockets of one user's running nodes. Any thread; several processes share it.
 *
 * <p>It is used only if it is a real folder of this user that nobody else can enter. A socket whose
 * process is gone is removed by whoever finds it.
 */
public final class ControlFolder {
  private static final Logger LOG = System.getLogger("runar.control");
  private static final Set<PosixFilePermission> OWNER_ONLY =
      Set.copyOf(PosixFilePermissions.fromString("rwx------"));
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}");
  private static final String SUFFIX = ".sock";

  /** What the address structure of the operating system holds, less its end. */
  private static final int MAX_ADDRESS_BYTES = 103;

  private final Path path;

  private ControlFolder(Path path) {
    this.path = path;
  }

  /** {@code $XDG_RUNTIME_DIR/runar}, else {@code runar-<uid>} in the temporary folder. */
  public static ControlFolder ofUser(Map<String, String> environment) {
    String runtimeFolder = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    if (!runtimeFolder.isEmpty() && Files.isDirectory(Path.of(runtimeFolder))) {
      return at(Path.of(runtimeFolder, "runar"));
    }
    return at(Path.of(System.getProperty("java.io.tmpdir"), "runar-" + uid()));
  }

  /** A folder of one's own choice; made at the first {@link #prepare}. */
  public static ControlFolder at(Path path) {
    return new ControlFolder(path);
  }

  public Path path() {
    return path;
  }

  /**
   * Makes the folder if there is none, and checks it.
   *
   * @throws RunarException {@code PERMISSION_DENIED} when others could read or write it
   */
  public void prepare() {
    try {
      Files.createDirectory(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    } catch (FileAlreadyExistsException e) {
      check();
    } catch (IOException e) {
      throw new RunarException(Code.PERMISSION_DENIED, "cannot create the folder " + path, e);
    }
  }

  /**
   * Checks the folder; one that does not exist passes.
   *
   * @throws RunarException {@code PERMISSION_DENIED} with what to do
   */
  public void check() {
    try {
      var attributes =
          Files.readAttributes(path, "unix:uid,isDirectory", LinkOption.NOFOLLOW_LINKS);
      if (!Boolean.TRUE.equals(attributes.get("isDirectory")) || !isOwn(attributes.get("uid"))) {
        throw refused("is not a folder of yours", "remove it or set XDG_RUNTIME_DIR");
      }
      var permissions = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
      if (!OWNER_ONLY.containsAll(permissions)) {
        throw refused("is open to others", "run: chmod 700 " + path);
      }
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      throw new RunarException(Code.PERMISSION_DENIED, "cannot read the folder " + path, e);
    }
  }

  /**
   * Refuses a name that a running node has, and one that cannot be a file name.
   *
   * @throws RunarException {@code CONFIG}
   */
  public void checkFree(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new RunarException(
          Code.CONFIG,
          "the node name '%s' is refused; use up to 64 letters, digits, '.', '_' and '-'"
              .formatted(name));
    }
    Path socket = path.resolve(name + SUFFIX);
    if (socket.toString().length() > MAX_ADDRESS_BYTES) {
      throw new RunarException(
          Code.CONFIG,
          "the path %s is too long for a socket; choose a shorter name or XDG_RUNTIME_DIR"
              .formatted(socket));
    }
    check();
    connect(socket)
        .ifPresent(
            channel -> {
              new ControlClient(name, channel).close();
              throw taken(name);
            });
  }

  /** The nodes that answer, in the order of their names. The caller closes each. */
  public List<ControlClient> connectAll() {
    check();
    var clients = new ArrayList<ControlClient>();
    for (Path socket : sockets()) {
      connect(socket).ifPresent(channel -> clients.add(new ControlClient(name(socket), channel)));
    }
    return clients;
  }

  /**
   * Gives a bound and listening socket its name, in one step: whoever finds the name can connect.
   *
   * @throws RunarException {@code CONFIG} when a running node has the name
   */
  Path publish(Path bound, String name) throws IOException {
    Path socket = path.resolve(name + SUFFIX);
    try {
      Files.setPosixFilePermissions(bound, PosixFilePermissions.fromString("rw-------"));
      Files.createLink(socket, bound);
      return socket;
    } catch (FileAlreadyExistsException e) {
      throw taken(name);
    } finally {
      Files.deleteIfExists(bound);
    }
  }

  private List<Path> sockets() {
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    try (var files = Files.list(path)) {
      return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    } catch (IOException e) {
      throw new RunarException(Code.PERMISSION_DENIED, "cannot read the folder " + path, e);
    }
  }

  private static Optional<SocketChannel> connect(Path socket) {
    try {
      if (!isOwn(Files.getAttribute(socket, "unix:uid", LinkOption.NOFOLLOW_LINKS))) {
        return Optional.empty();
      }
      return Optional.of(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    } catch (ConnectException e) {
      removeStale(socket);
      return Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "control socket={0} refused reason={1}", socket, e.getMessage());
      return Optional.empty();
    }
  }

  /** Nobody listens: its process has gone without removing it. */
  private static void removeStale(Path socket) {
    try {
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "control socket={0} stale=true reason={1}", socket, e.getMessage());
    }
  }

  private static boolean isOwn(@Nullable Object uid) {
    return uid instanceof Integer number && number == uid();
  }

  /** The user of this process, as the owner of its own entry or of a file it makes. */
  private static int uid() {
    try {
      Path self = Path.of("/proc/self");
      if (Files.exists(self)) {
        return (Integer) Files.getAttribute(self, "unix:uid");
      }
      Path made = Files.createTempFile("runar", null);
      try {
        return (Integer) Files.getAttribute(made, "unix:uid");
      } finally {
        Files.delete(made);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot find out the user of this process", e);
    }
  }

  private static String name(Path socket) {
    String file = String.valueOf(socket.getFileName());
    return file.substring(0, file.length() - SUFFIX.length());
  }

  private RunarException refused(String what, String remedy) {
    return new RunarException(
        Code.PERMISSION_DENIED, "the control folder " + path + " " + what + "; " + remedy);
  }

  private static RunarException taken(String name) {
    return new RunarException(
        Code.CONFIG, "a node named '" + name + "' is running here; choose another --name");
  }
}

import java.io.DataInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.attribute.ModuleHashesAttribute;
import java.lang.module.ModuleFinder;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * Links the run-time image that the launcher starts: the modules Runar needs, with the JavaScript
 * compiler as a system module (docs/decisions/0003-image-and-aot-cache.md says why).
 *
 * <p>Usage: {@code Image.java COMPILER_FOLDER IMAGE_FOLDER}. Does nothing when the image was made
 * from the same JDK and compiler. A JDK that cannot link one is no failure: the program says so in
 * one line and exits with 0, and the launcher starts the plain JDK instead.
 */
public final class Image {
  /**
   * What jdeps names for the jars of the application, less java.desktop, which Jackson uses only
   * where it is present; plus what is found by name or by service alone: the compiler, elliptic
   * curves for TLS, Zip file systems, socket options, the agents of jcmd and of a debugger.
   */
  private static final List<String> MODULES =
      List.of(
          "java.base",
          "java.instrument",
          "java.logging",
          "java.management",
          "java.naming",
          "java.net.http",
          "java.sql",
          "java.xml",
          "jdk.crypto.ec",
          "jdk.graal.compiler",
          "jdk.internal.vm.ci",
          "jdk.jdwp.agent",
          "jdk.jfr",
          "jdk.management",
          "jdk.net",
          "jdk.nio.mapmode",
          "jdk.unsupported",
          "jdk.zipfs");

  private static final int CHANGES_MAGIC = 0xabba;
  private static final int CHANGE_ADDED = 1;

  /** Sections of a jmod file by the number that the file lists use; headers and pages are left. */
  private enum Section {
    CONFIG(1, "--config", "conf"),
    LEGAL(3, "--legal-notices", "legal"),
    COMMANDS(5, "--cmds", "bin"),
    LIBRARIES(6, "--libs", "lib");

    final int number;
    final String option;
    final String folder;

    Section(int number, String option, String folder) {
      this.number = number;
      this.option = option;
      this.folder = folder;
    }
  }

  private final Path home = Path.of(System.getProperty("java.home"));
  private final Path compiler;
  private final Path image;
  private final Path work;

  private Image(Path compiler, Path image) {
    this.compiler = compiler;
    this.image = image;
    this.work = image.resolveSibling("image.work");
  }

  public static void main(String[] arguments) throws IOException {
    var program = new Image(Path.of(arguments[0]), Path.of(arguments[1]));
    try {
      program.run();
    } catch (IOException | UncheckedIOException | IllegalStateException e) {
      delete(program.image);
      System.out.println(
          "runar: no run-time image, the launcher will use the plain JDK: " + e.getMessage());
    } finally {
      delete(program.work);
    }
  }

  private void run() throws IOException {
    checkJdk();
    String inputs = inputs();
    Path stamp = image.resolve("runar.inputs");
    if (Files.exists(stamp) && Files.readString(stamp).equals(inputs)) {
      return;
    }
    long start = System.nanoTime();
    delete(work);
    Files.createDirectories(work);
    Path linked = work.resolve("image");
    link(modulePath(), linked);
    Files.writeString(linked.resolve("runar.inputs"), inputs);
    delete(image);
    Files.move(linked, image, StandardCopyOption.ATOMIC_MOVE);
    System.out.printf("runar: run-time image made in %.1f s%n", (System.nanoTime() - start) / 1e9);
  }

  /** The compiler refuses another feature release, and an update older than itself. */
  private void checkJdk() throws IOException {
    int[] wanted = version(compilerVersion());
    Runtime.Version jdk = Runtime.version();
    if (jdk.feature() != wanted[0] || jdk.update() < wanted[2]) {
      throw new IllegalStateException(
          "the JavaScript compiler %s needs JDK %1$s or a newer %d.0.x, this is %s"
              .formatted(compilerVersion(), wanted[0], jdk));
    }
  }

  private String compilerVersion() throws IOException {
    try (Stream<Path> jars = Files.list(compiler)) {
      return jars.map(jar -> jar.getFileName().toString())
          .filter(name -> name.matches("compiler-[0-9.]+\\.jar"))
          .map(name -> name.substring("compiler-".length(), name.length() - ".jar".length()))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("no compiler in " + compiler));
    }
  }

  private static int[] version(String text) {
    return Stream.of(text.split("\\.")).mapToInt(Integer::parseInt).toArray();
  }

  /** What the image is made from, as text: equal text, equal image. */
  private String inputs() throws IOException {
    var text = new StringBuilder();
    text.append(home).append('\n');
    text.append(Files.getLastModifiedTime(home.resolve("lib/modules"))).append('\n');
    text.append(Files.readString(home.resolve("release")));
    text.append(MODULES).append('\n');
    for (Path jar : sortedFiles(compiler)) {
      text.append(jar.getFileName()).append(' ').append(sha256(jar)).append('\n');
    }
    return text.toString();
  }

  private static String sha256(Path file) throws IOException {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The compiler first: a module that is found twice is taken from the first place. */
  private String modulePath() throws IOException {
    Path jmods = home.resolve("jmods");
    if (!Files.isDirectory(jmods)) {
      jmods = work.resolve("jmods");
      rebuildJmods(jmods);
    }
    return compiler + System.getProperty("path.separator") + jmods;
  }

  /**
   * Makes jmod files from the running JDK. Linked from its own image, a JDK would take its own,
   * empty jdk.graal.compiler: system modules come before the module path there.
   */
  private void rebuildJmods(Path jmods) throws IOException {
    Files.createDirectories(jmods);
    Set<String> modules = new TreeSet<>();
    MODULES.forEach(name -> addWithRequired(name, modules));
    modules.remove("jdk.graal.compiler");
    modules.stream().parallel().forEach(name -> rebuildJmod(name, jmods));
  }

  private static void addWithRequired(String name, Set<String> modules) {
    var module =
        ModuleFinder.ofSystem()
            .find(name)
            .orElseThrow(() -> new IllegalStateException("the JDK has no module " + name));
    if (modules.add(name)) {
      module.descriptor().requires().forEach(required -> addWithRequired(required.name(), modules));
    }
  }

  private void rebuildJmod(String module, Path jmods) {
    try {
      Path parts = work.resolve("modules").resolve(module);
      Path classes = parts.resolve("classes");
      exportClasses(module, classes);
      var arguments = new ArrayList<String>(List.of("create", "--compress", "zip-0"));
      arguments.addAll(List.of("--class-path", classes.toString()));
      arguments.addAll(exportFiles(module, parts));
      arguments.add(jmods.resolve(module + ".jmod").toString());
      runTool("jmod", arguments);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path jrt(String path) {
    return FileSystems.getFileSystem(URI.create("jrt:/")).getPath(path);
  }

  private static void exportClasses(String module, Path target) throws IOException {
    Path root = jrt("/modules/" + module);
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        copy(file, target.resolve(root.relativize(file).toString()));
      }
    }
    restoreOriginals(module, target);
    Path descriptor = target.resolve("module-info.class");
    Files.write(descriptor, withoutHashes(Files.readAllBytes(descriptor)));
  }

  /**
   * Undoes what the vendor's own jlink did to the module. A linkable JDK keeps that as a list: a
   * magic number, a count, then per resource the kind of change, its name and its original bytes,
   * both with their length.
   */
  private static void restoreOriginals(String module, Path classes) throws IOException {
    try (var changes = new DataInputStream(Files.newInputStream(linkRecord("diff_" + module)))) {
      if (changes.readInt() != CHANGES_MAGIC) {
        throw new IllegalStateException("the JDK's record of " + module + " is in another format");
      }
      for (int left = changes.readInt(); left > 0; left--) {
        boolean added = changes.readShort() == CHANGE_ADDED;
        String name = new String(changes.readNBytes(changes.readInt()), StandardCharsets.UTF_8);
        byte[] original = changes.readNBytes(changes.readInt());
        Path file = classes.resolve(name.replaceFirst("^/" + module + "/", ""));
        if (added) {
          Files.deleteIfExists(file); // jrt:/ hides some
        } else {
          Files.createDirectories(file.getParent());
          Files.write(file, original);
        }
      }
    }
  }

  private static Path linkRecord(String name) {
    Path file = jrt("/modules/jdk.jlink/jdk/tools/jlink/internal/runtimelink/" + name);
    if (!Files.exists(file)) {
      throw new IllegalStateException("this JDK has neither jmods nor a linkable image");
    }
    return file;
  }

  /** A hash covers the jmod file that the vendor built, which a rebuilt one is not. */
  private static byte[] withoutHashes(byte[] descriptor) {
    var format = ClassFile.of();
    return format.transformClass(
        format.parse(descriptor),
        ClassTransform.dropping(element -> element instanceof ModuleHashesAttribute));
  }

  /** Copies what the module keeps outside lib/modules; answers the options of jmod for it. */
  private List<String> exportFiles(String module, Path parts) throws IOException {
    Path list = linkRecord("fs_" + module + "_files");
    var options = new TreeSet<Section>();
    for (String line : Files.readAllLines(list)) {
      String[] fields = line.split("\\|", 4); // section, is a link, hash or link target, path
      for (Section section : Section.values()) {
        if (section.number == Integer.parseInt(fields[0])) {
          copySectionFile(section, fields[3], parts);
          options.add(section);
        }
      }
    }
    return options.stream()
        .flatMap(s -> Stream.of(s.option, parts.resolve(s.folder).toString()))
        .toList();
  }

  private void copySectionFile(Section section, String path, Path parts) throws IOException {
    Path source = home.resolve(path);
    // Distributions leave out legal notices, and move conf/ elsewhere behind a link.
    if (section == Section.LEGAL) {
      path = section.folder + "/" + source.getFileName();
    }
    if (Files.exists(source)) {
      copy(source, parts.resolve(path));
    } else if (section != Section.LEGAL) {
      throw new IllegalStateException(source + " is missing");
    }
  }

  private static void copy(Path source, Path target) throws IOException {
    Files.createDirectories(target.getParent());
    Files.copy(source, target);
  }

  private void link(String modulePath, Path target) {
    runTool(
        "jlink",
        List.of(
            "--module-path",
            modulePath,
            "--add-modules",
            String.join(",", MODULES),
            "--strip-debug",
            "--no-header-files",
            "--no-man-pages",
            "--output",
            target.toString()));
  }

  private static void runTool(String name, List<String> arguments) {
    var tool =
        ToolProvider.findFirst(name)
            .orElseThrow(() -> new IllegalStateException("the JDK has no " + name));
    var output = new StringWriter();
    var writer = new PrintWriter(output);
    if (tool.run(writer, writer, arguments.toArray(String[]::new)) != 0) {
      throw new IllegalStateException(
          name + ": " + output.toString().strip().lines().findFirst().orElse(""));
    }
  }

  private static List<Path> sortedFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
          Files.delete(file);
        }
      }
    }
  }
}

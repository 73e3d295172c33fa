import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Puts together the licences of every jar that a distribution hands out: a list, and what the jars
 * themselves carry. Fails when the table does not know a jar, so that no library comes in unseen.
 *
 * <p>Usage: {@code Licences.java TABLE TARGET_FOLDER}. Reads the jars of {@code lib} and {@code
 * compiler} there, the texts beside the table in {@code licences}, and writes {@code licences}
 * there.
 */
public final class Licences {
  private static final Pattern JAR =
      Pattern.compile("(.+?)-([0-9][^-]*(?:-RC[0-9]+)?)(-.+)?\\.jar");
  private static final Pattern CARRIED =
      Pattern.compile("(?i)(?:META-INF/)?[^/]*(?:licen[cs]e|notice|copying)[^/]*(?<!\\.class)");

  private static final String ELSEWHERE =
      """

      A folder of a library's name holds what its jar carries. Of the texts that are not here,
      Apache-2.0 is LICENSE, GPL-2.0-only WITH Classpath-exception-2.0 is
      image/legal/java.base/LICENSE, and Unicode-3.0 is image/legal/java.base/icu.md. Java itself is
      in image/; the licences of its parts are in image/legal.
      """;

  /** The name of a jar without its version, and the version. */
  private record Library(String name, String version, Path jar) {}

  /** A line of the table. */
  private record Terms(String licence, String owner) {}

  private Licences() {}

  public static void main(String[] arguments) throws IOException {
    Path table = Path.of(arguments[0]);
    Path target = Path.of(arguments[1]);
    Map<String, Terms> terms = read(table);
    List<Library> libraries = libraries(target);
    List<String> unknown =
        libraries.stream().map(Library::name).filter(name -> !terms.containsKey(name)).toList();
    List<String> gone = new ArrayList<>(terms.keySet());
    libraries.forEach(library -> gone.remove(library.name()));
    if (!unknown.isEmpty() || !gone.isEmpty()) {
      System.err.println(
          "runar: %s must have a line for each jar, and lacks %s; no jar is there for %s. Say what its"
                  .formatted(table, unknown, gone)
              + " licence is, or remove target/lib if the jar is of an older build");
      System.exit(1);
    }
    write(libraries, terms, table.resolveSibling("licences"), target.resolve("licences"));
  }

  private static Map<String, Terms> read(Path table) throws IOException {
    var terms = new LinkedHashMap<String, Terms>();
    for (String line : Files.readAllLines(table)) {
      if (!line.startsWith("#")) {
        String[] fields = line.split("\t");
        terms.put(fields[0], new Terms(fields[1], fields.length > 2 ? fields[2] : ""));
      }
    }
    return terms;
  }

  private static List<Library> libraries(Path target) throws IOException {
    var found = new TreeMap<String, Library>(String.CASE_INSENSITIVE_ORDER);
    for (String folder : List.of("compiler", "lib")) {
      try (Stream<Path> jars = Files.list(target.resolve(folder))) {
        for (Path jar : (Iterable<Path>) jars.sorted()::iterator) {
          Matcher name = JAR.matcher(jar.getFileName().toString());
          if (!name.matches()) {
            throw new IllegalStateException(jar + " has no version in its name");
          }
          found.put(name.group(1), new Library(name.group(1), name.group(2), jar));
        }
      }
    }
    return List.copyOf(found.values());
  }

  private static void write(
      List<Library> libraries, Map<String, Terms> terms, Path texts, Path folder)
      throws IOException {
    delete(folder);
    Files.createDirectories(folder);
    try (Stream<Path> files = Files.list(texts)) {
      for (Path text : (Iterable<Path>) files.sorted()::iterator) {
        Files.copy(text, folder.resolve(text.getFileName()));
      }
    }
    var list = new StringBuilder();
    for (Library library : libraries) {
      copyCarried(library, folder.resolve(library.name()));
      Terms of = terms.get(library.name());
      list.append("%-45s %-18s %s".formatted(library.name(), library.version(), of.licence()));
      if (!of.owner().isEmpty()) {
        list.append("\n    ").append(of.owner());
      }
      list.append('\n');
    }
    list.append(ELSEWHERE);
    Files.writeString(folder.resolve("LIBRARIES.txt"), list);
  }

  private static void copyCarried(Library library, Path folder) throws IOException {
    try (var jar = new ZipFile(library.jar().toFile())) {
      for (ZipEntry entry : (Iterable<ZipEntry>) jar.stream().map(ZipEntry.class::cast)::iterator) {
        if (!entry.isDirectory() && CARRIED.matcher(entry.getName()).matches()) {
          Files.createDirectories(folder);
          try (InputStream in = jar.getInputStream(entry)) {
            Files.copy(in, folder.resolve(Path.of(entry.getName()).getFileName()));
          }
        }
      }
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

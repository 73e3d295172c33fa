import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

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
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Puts together the licences of every jar that is handed out: a list, the texts that the jars
 * themselves carry, and those that they ask for and do not. Fails when the table does not know a
 * jar, so that no library comes in unseen, and when a jar has no text.
 *
 * <p>Usage: {@code Licences.java TABLE TARGET_FOLDER}. Reads the jars of {@code lib} and {@code
 * compiler} there, the texts beside the table in {@code licences}, and writes {@code licences}
 * there. What packs some of the jars takes their lines and texts from that folder.
 */
public final class Licences {
  private static final Pattern JAR =
      Pattern.compile("(.+?)-([0-9][^-]*(?:-RC[0-9]+)?)(-.+)?\\.jar");
  private static final Pattern CARRIED =
      Pattern.compile(
          "(?i)(?:META-INF/)?(?:[^/]*(?:licen[cs]e|notice|copying|copyright)[^/]*(?<!\\.class)"
              + "|AL2\\.0|LGPL2\\.1)");

  private static final String HEAD =
      """
      Every library that is handed out here, with its version and its licence (SPDX), and below each
      the texts, which lie beside this list.

      """;

  /** The name of a jar without its version, and the version. */
  private record Library(String name, String version, Path jar) {}

  /** A line of the table. */
  private record Terms(String licence, List<String> texts) {}

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
        List<String> texts = fields.length > 2 ? List.of(fields[2].split(" ")) : List.of();
        terms.put(fields[0], new Terms(fields[1], texts));
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
    var unused = new TreeSet<String>();
    try (Stream<Path> files = Files.list(texts)) {
      files.forEach(text -> unused.add(text.getFileName().toString()));
    }
    var without = new ArrayList<String>();
    var list = new StringBuilder(HEAD);
    for (Library library : libraries) {
      Terms of = terms.get(library.name());
      var named = new ArrayList<String>(of.texts());
      for (String text : of.texts()) {
        Files.copy(texts.resolve(text), folder.resolve(text), REPLACE_EXISTING);
        unused.remove(text);
      }
      for (String text : copyCarried(library, folder.resolve(library.name()))) {
        named.add(library.name() + "/" + text);
      }
      if (named.isEmpty()) {
        without.add(library.name());
      }
      list.append("%-45s %-18s %s\n".formatted(library.name(), library.version(), of.licence()));
      list.append("    ").append(String.join(" ", named)).append('\n');
    }
    if (!without.isEmpty() || !unused.isEmpty()) {
      System.err.println(
          "runar: the jars of %s carry no text of their licence, so the table must name one in %s; no"
                  .formatted(without, texts)
              + " line of it names %s there".formatted(unused));
      System.exit(1);
    }
    Files.writeString(folder.resolve("LIBRARIES.txt"), list);
  }

  /** Answers the names of what it has copied. */
  private static List<String> copyCarried(Library library, Path folder) throws IOException {
    var copied = new TreeSet<String>();
    try (var jar = new ZipFile(library.jar().toFile())) {
      for (ZipEntry entry : (Iterable<ZipEntry>) jar.stream().map(ZipEntry.class::cast)::iterator) {
        if (!entry.isDirectory() && CARRIED.matcher(entry.getName()).matches()) {
          Files.createDirectories(folder);
          Path name = Path.of(entry.getName()).getFileName();
          try (InputStream in = jar.getInputStream(entry)) {
            Files.copy(in, folder.resolve(name));
          }
          copied.add(name.toString());
        }
      }
    }
    return List.copyOf(copied);
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

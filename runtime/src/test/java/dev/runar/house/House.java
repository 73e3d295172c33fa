package dev.runar.house;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.runar.Node;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the house tests look at. Stateless. */
final class House {
  /** The package of the API, and the root of everything of ours. */
  static final String ROOT = "dev.runar";

  /** Classes that break the rules on purpose: each rule must find its own. */
  static final String PLANTED = "dev.runar.house.planted";

  /** What protoc has written. */
  private static final String GENERATED = "/protocol/centrifugal/wire/";

  private House() {}

  /** The compiled main classes that we have written, and nothing of the tests. */
  static JavaClasses mainClasses() {
    return new ClassFileImporter()
        .withImportOption(location -> !location.contains(GENERATED))
        .importPath(folderOf(Node.class));
  }

  /** The compiled tests, without what was planted. */
  static JavaClasses testClasses() {
    return new ClassFileImporter()
        .withImportOption(location -> !location.contains("/house/planted/"))
        .importPath(folderOf(House.class));
  }

  static JavaClasses plantedClasses() {
    return new ClassFileImporter().importPackages(PLANTED);
  }

  /** The top folder of the repository. */
  static Path repository() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve("js-sdk")) && folder.getParent() != null) {
      folder = folder.getParent();
    }
    return folder;
  }

  private static Path folderOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}

package dev.runar.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Names say what a thing is, and a reader knows of each package what may be null in it. */
class NamesTest {
  private static final Pattern SAYS_NOTHING =
      Pattern.compile(".*(Utils?|Helpers?|Managers?|Base|Impl)|Util.*");
  private static final Pattern ACCESSOR = Pattern.compile("(get|set)[A-Z].*");

  /** {@code setTimer} starts a timer: it is a verb, and the web's own name for it. */
  private static final Set<String> VERBS = Set.of("setTimer");

  private final JavaClasses main = House.mainClasses();
  private final JavaClasses planted = House.plantedClasses();

  @Test
  void classesAreNamedForWhatTheyAre() {
    assertThat(emptyNames(main)).isEmpty();
    assertThat(emptyNames(planted)).containsExactly(House.PLANTED + ".unmarked.PlantedUtils");
  }

  private static List<String> emptyNames(JavaClasses classes) {
    return classes.stream()
        .filter(type -> SAYS_NOTHING.matcher(type.getSimpleName()).matches())
        .map(JavaClass::getName)
        .toList();
  }

  @Test
  void methodsAreNotAccessors() {
    assertThat(accessors(main)).isEmpty();
    assertThat(accessors(planted))
        .containsExactlyInAnyOrder(
            House.PLANTED + ".unmarked.PlantedUtils.getSize()",
            House.PLANTED + ".unmarked.PlantedUtils.setSize(int)");
  }

  private static List<String> accessors(JavaClasses classes) {
    return classes.stream()
        .flatMap(type -> type.getMethods().stream())
        .filter(method -> method.getModifiers().contains(JavaModifier.PUBLIC))
        .filter(method -> ACCESSOR.matcher(method.getName()).matches())
        .filter(method -> !VERBS.contains(method.getName()) && !isInherited(method))
        .map(JavaMethod::getFullName)
        .toList();
  }

  /** The name was given by a type that is not ours. */
  private static boolean isInherited(JavaMethod method) {
    String[] parameters =
        method.getRawParameterTypes().stream().map(JavaClass::getName).toArray(String[]::new);
    return Stream.concat(
            method.getOwner().getAllRawSuperclasses().stream(),
            method.getOwner().getAllRawInterfaces().stream())
        .filter(type -> !type.getPackageName().startsWith(House.ROOT))
        .anyMatch(type -> type.tryGetMethod(method.getName(), parameters).isPresent());
  }

  @Test
  void everyPackageIsNullMarked() {
    assertThat(unmarked(main)).isEmpty();
    assertThat(unmarked(planted)).containsExactly(House.PLANTED + ".unmarked");
  }

  private static List<String> unmarked(JavaClasses classes) {
    return classes.stream()
        .map(JavaClass::getPackage)
        .distinct()
        .filter(packageOfOurs -> !packageOfOurs.isAnnotatedWith(NullMarked.class))
        .map(packageOfOurs -> packageOfOurs.getName())
        .toList();
  }
}

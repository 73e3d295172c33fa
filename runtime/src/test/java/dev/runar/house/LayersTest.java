package dev.runar.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who may import whom: the picture in docs/architecture.md. */
class LayersTest {
  private static final Layers HOUSE = new Layers(House.ROOT);
  private static final Layers PLANTED = new Layers(House.PLANTED);

  private final JavaClasses main = House.mainClasses();
  private final JavaClasses planted = House.plantedClasses();

  /** An import that finds nothing would pass every other test here. */
  @Test
  void theImportSawTheHouse() {
    assertThat(main).hasSizeGreaterThan(300);
    assertThat(main).extracting(JavaClass::getName).contains("dev.runar.internal.boot.DefaultNode");
  }

  @Test
  void importsGoStrictlyDown() {
    HOUSE.importsGoDown().check(main);
  }

  @Test
  void scriptAndBrokerNeverSeeEachOther() {
    assertThat(PLANTED.importsGoDown().evaluate(planted).getFailureReport().getDetails())
        .anySatisfy(line -> assertThat(line).contains("[internal.script]", "PlantedChannel"))
        .anySatisfy(line -> assertThat(line).contains("[internal.broker]", "PlantedScript"))
        .noneSatisfy(line -> assertThat(line).contains("[internal.node] "));
  }

  @Test
  void aPackageThatIsInNoPartIsFound() {
    assertThat(PLANTED.importsGoDown().evaluate(planted).getFailureReport().getDetails())
        .anySatisfy(line -> assertThat(line).contains("PlantedUtils is in no part of the house"));
  }

  @Test
  void theApiKnowsNothingOfOursButWhatAnEmbedderMayReplace() {
    var known =
        Set.of(
            House.ROOT,
            House.ROOT + ".spi",
            House.ROOT + ".apps",
            House.ROOT + ".channels",
            "org.jspecify.annotations");
    List<String> foreign =
        main.stream()
            .filter(type -> type.getPackageName().equals(House.ROOT))
            .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
            .map(dependency -> dependency.getTargetClass().getBaseComponentType())
            .filter(target -> !target.isPrimitive() && !target.getName().startsWith("java."))
            .map(JavaClass::getPackageName)
            .filter(name -> !known.contains(name))
            .distinct()
            .toList();
    assertThat(foreign).isEmpty();
  }

  @Test
  void eachLibraryIsKnownInItsPlaceOnly() {
    HOUSE.librariesStayInTheirPlace().check(main);
  }

  @Test
  void aLibraryInTheWrongPlaceIsFound() {
    assertThat(
            PLANTED.librariesStayInTheirPlace().evaluate(planted).getFailureReport().getDetails())
        .anySatisfy(line -> assertThat(line).contains("PlantedService", "org.graalvm"));
  }

  @Test
  void packagesHaveNoCycles() {
    SlicesRuleDefinition.slices().matching("dev.runar.(**)").should().beFreeOfCycles().check(main);
  }

  @Test
  void aCycleIsFound() {
    var rule =
        SlicesRuleDefinition.slices().matching(House.PLANTED + ".(**)").should().beFreeOfCycles();
    assertThat(rule.evaluate(planted).hasViolation()).isTrue();
  }

  @Test
  void theApiHasAtMostFortyTypes() {
    assertThat(main)
        .filteredOn(type -> type.getPackageName().equals(House.ROOT) && type.isTopLevelClass())
        .filteredOn(type -> !type.getSimpleName().equals("package-info"))
        .hasSizeBetween(15, 40);
  }
}

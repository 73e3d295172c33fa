package dev.runar.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The launcher script, copied into a folder of its own, with JDKs and a Maven that are shell
 * scripts. A fake {@code java} prints its home, its folder and its arguments, one a line.
 */
@Timeout(60)
final class LauncherTest {
  private static final List<String> TOOLS =
      List.of("dirname", "ln", "mkdir", "readlink", "rm", "sleep", "touch");

  /** The path of a program, its options and its files may hold blanks. */
  private static final String ROOT = "my projects/runar root";

  @TempDir private Path made;

  private Path folder;
  private Path root;
  private Path bin;
  private Path home;
  private final Map<String, String> environment = new HashMap<>();

  private record Result(int exitCode, List<String> out, String err) {
    String jdk() {
      return out.getFirst();
    }

    List<String> arguments() {
      return out.subList(2, out.size());
    }
  }

  @BeforeEach
  void layOut() throws IOException {
    folder = made.toRealPath();
    root = Files.createDirectories(folder.resolve(ROOT));
    bin = Files.createDirectories(folder.resolve("bin"));
    home = Files.createDirectories(folder.resolve("home"));
    String script = Files.readString(Path.of("../runar"));
    for (String usual : List.of("/usr/lib/jvm/*", "/opt/java/*", "/Library/Java/")) {
      assertThat(script).contains(usual);
      script = script.replace(usual, folder + usual);
    }
    writeProgram(root.resolve("runar"), script);
    for (String tool : TOOLS) {
      writeProgram(bin.resolve(tool), "#!/bin/sh\nexec " + systemTool(tool) + " \"$@\"\n");
    }
    environment.put("PATH", bin.toString());
    environment.put("HOME", home.toString());
  }

  @Test
  void theJdkIsLookedForInTheDocumentedOrder() throws Exception {
    makeBuilt();
    var places = new LinkedHashMap<String, Path>();
    places.put("RUNAR_JAVA_HOME", makeJdk("first", "25.0.3"));
    places.put("JAVA_HOME", makeJdk("second", "25.0.3"));
    places.put("PATH", makeJdk("third", "26"));
    places.put("usr", makeJdk("usr/lib/jvm/temurin", "25.0.3"));
    places.put("opt", makeJdk("opt/java/openjdk", "25"));
    places.put("Mac", makeJdk("Library/Java/JavaVirtualMachines/a b/Contents/Home", "27-ea"));
    places.put("sdkman", makeJdk("home/.sdkman/candidates/java/25.0.3-tem", "25.0.3"));
    places.put("idea", makeJdk("home/.jdks/temurin-25", "25.0.3"));
    environment.put("RUNAR_JAVA_HOME", places.get("RUNAR_JAVA_HOME").toString());
    environment.put("JAVA_HOME", places.get("JAVA_HOME").toString());
    linkOnPath(places.get("PATH"));

    for (Path jdk : places.values()) {
      assertThat(launch().jdk()).isEqualTo(jdk.toString());
      Files.delete(jdk.resolve("bin/java"));
    }
  }

  @Test
  void olderJdksAreListedWithWhatMendsIt() throws Exception {
    makeBuilt();
    Path old = makeJdk("old jdk", "17.0.15");
    Path older = makeJdk("usr/lib/jvm/java-8", "1.8.0_402");
    Path unknown = makeJdk("usr/lib/jvm/odd", "25.0.3");
    Files.delete(unknown.resolve("release"));
    Files.createSymbolicLink(folder.resolve("usr/lib/jvm/default"), Path.of("java-8"));
    environment.put("JAVA_HOME", old.toString());
    linkOnPath(old);

    Result result = launch("run", "app.ts");

    assertThat(result.exitCode()).isEqualTo(78);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .isEqualTo(
            """
            runar: Runar needs JDK 25 or newer. Found only:
              %s (17.0.15)
              %s (1.8.0_402)
              %s (version unknown, no release file)
            runar: Mend it with: apt-get install temurin-25-jdk   \
            (or set RUNAR_JAVA_HOME to the folder of one)
            """
                .formatted(old, older, unknown));
  }

  @Test
  void noJdkAtAllIsSaid() throws Exception {
    makeBuilt();

    Result result = launch("--version");

    assertThat(result.exitCode()).isEqualTo(78);
    assertThat(result.err()).startsWith("runar: Runar needs JDK 25 or newer. Found no JDK at all.");
  }

  @Test
  void noBuildRefusesToBuild() throws Exception {
    makeJdkOnPath();
    makeMaven("echo built");

    Result result = launch("--no-build", "--version");

    assertThat(result.exitCode()).isEqualTo(78);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .isEqualTo(
            "runar: nothing is built here, and --no-build forbids to: run mvn"
                + " -Dmaven.test.skip=true package in %s%n",
            root);
  }

  @Test
  void noBuildIsTheLaunchersOwnOption() throws Exception {
    makeBuilt();
    makeJdkOnPath();

    List<String> arguments = launch("--no-build", "run", "--no-build").arguments();

    assertThat(afterJar(arguments)).containsExactly("run", "--no-build");
  }

  @Test
  void theFirstRunBuildsAndKeepsStandardOutputForTheCommand() throws Exception {
    Path jdk = makeJdkOnPath();
    makeMaven("echo \"maven $* in $PWD with $JAVA_HOME\"; mkdir -p runtime/target/compiler;");
    Files.createDirectories(target().resolve("compiler"));
    Files.createFile(target().resolve("compiler/compiler-25.0.3.jar"));

    Result result = launch("--version");

    assertThat(result.exitCode()).isZero();
    assertThat(result.jdk()).isEqualTo(jdk.toString());
    assertThat(result.err())
        .isEqualTo(
            """
            runar: first run: building (about a minute) ...
            maven -q -B -Drunar.examples=false -Dmaven.test.skip=true package in %s with %s
            """,
            root, jdk);
    assertThat(launch("--version").err()).isEmpty();
  }

  @Test
  void aBuildThatFailsEndsTheLauncher() throws Exception {
    makeJdkOnPath();
    writeProgram(bin.resolve("mvn"), "#!/bin/sh\necho broken; exit 1\n");

    Result result = launch("--version");

    assertThat(result.exitCode()).isEqualTo(70);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).endsWith("broken\nrunar: the build failed: see above\n");
    assertThat(target().resolve(".building")).doesNotExist();
  }

  @Test
  void aLockThatABrokenBuildLeftBehindIsTaken() throws Exception {
    makeJdkOnPath();
    makeMaven("");
    Files.createDirectories(target());
    Files.createSymbolicLink(target().resolve(".building"), Path.of(endedProcess()));

    assertThat(launch("--version").exitCode()).isZero();
  }

  @Test
  void buildingWithoutMavenIsSaid() throws Exception {
    makeJdkOnPath();

    Result result = launch("--version");

    assertThat(result.exitCode()).isEqualTo(78);
    assertThat(result.err()).contains("building needs Maven: apt-get install maven");
  }

  @Test
  void theImageIsStartedWithItsCacheAndNeedsNoJdk() throws Exception {
    makeBuilt();
    Path image = makeJdk(ROOT + "/runtime/target/image", "25.0.3");
    Path cache = Files.createFile(target().resolve("runar.aot"));

    Result result = launch("run", "app.ts");

    assertThat(result.jdk()).isEqualTo(image.toString());
    assertThat(result.arguments())
        .contains("-XX:+EnableJVMCI", "-XX:AOTCache=" + cache)
        .noneMatch(argument -> argument.startsWith("--upgrade-module-path"));
    assertThat(afterJar(result.arguments())).containsExactly("run", "app.ts");

    Files.delete(cache);
    assertThat(launch().arguments()).noneMatch(argument -> argument.contains("AOTCache"));
  }

  @ParameterizedTest
  @CsvSource({
    "25,false",
    "25.0.2,false",
    "25.0.3,true",
    "25.0.10,true",
    "25.0.4.1,true",
    "26.0.3,false"
  })
  void aPlainJdkIsHandedTheCompilerOnlyIfItFits(String version, boolean fits) throws Exception {
    makeBuilt();
    environment.put("RUNAR_JAVA_HOME", makeJdk("a jdk", version).toString());

    List<String> arguments = launch().arguments();

    assertThat(arguments.contains("-XX:+EnableJVMCI")).isEqualTo(fits);
    assertThat(arguments.contains("--upgrade-module-path=" + target().resolve("compiler")))
        .isEqualTo(fits);
  }

  @Test
  void blanksAndPatternsInArgumentsStayAsTheyAre() throws Exception {
    makeBuilt();
    makeJdkOnPath();
    environment.put("RUNAR_JAVA_OPTS", "-Xmx1g  -Dpattern=*");

    Result result = launch("publish", "math/*", "two words", "", "$HOME");

    assertThat(result.arguments()).contains("-Xmx1g", "-Dpattern=*");
    assertThat(afterJar(result.arguments()))
        .containsExactly("publish", "math/*", "two words", "", "$HOME");
  }

  @Test
  void aLinkOnThePathStartsItInTheFolderOfTheUser() throws Exception {
    makeBuilt();
    makeJdkOnPath();
    Files.createSymbolicLink(folder.resolve("link"), Path.of(ROOT, "runar"));
    Files.createSymbolicLink(bin.resolve("runar"), Path.of("../link"));

    Result result = launchAs("runar", "--version");

    assertThat(result.out().get(1)).isEqualTo(home.toString());
    assertThat(result.arguments()).contains(target().resolve("runar.jar").toString());
  }

  @Test
  void aDistributionNeedsNeitherJdkNorMaven() throws Exception {
    Path unpacked = makeDistribution();
    Path cache = Files.createFile(unpacked.resolve("runar.aot"));
    Files.createSymbolicLink(bin.resolve("runar"), unpacked.resolve("bin/runar"));

    Result result = launchAs("runar", "run", "app.ts");

    assertThat(result.jdk()).isEqualTo(unpacked.resolve("image").toString());
    assertThat(result.out().get(1)).isEqualTo(home.toString());
    assertThat(result.arguments())
        .contains("-XX:+EnableJVMCI", "-XX:AOTCache=" + cache)
        .contains(unpacked.resolve("runar.jar").toString());
    assertThat(afterJar(result.arguments())).containsExactly("run", "app.ts");
  }

  @ParameterizedTest
  @ValueSource(strings = {"runar.jar", "image/bin/java"})
  void aDistributionThatIsNotWholeIsNotBuilt(String missing) throws Exception {
    makeJdkOnPath();
    makeMaven("echo built");
    Path unpacked = makeDistribution();
    Files.delete(unpacked.resolve(missing));

    Result result = launchAs(unpacked.resolve("bin/runar").toString(), "--version");

    assertThat(result.exitCode()).isEqualTo(78);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .isEqualTo(
            "runar: %s is not whole: runar.jar or image/bin/java is missing; unpack or install it"
                + " anew%n",
            unpacked);
  }

  @Test
  void anImageOfAnotherSystemIsNamed() throws Exception {
    Path unpacked = makeDistribution();
    writeProgram(unpacked.resolve("image/bin/java"), "#!/nowhere/ld-linux.so\n");

    Result result = launchAs(unpacked.resolve("bin/runar").toString(), "--version");

    assertThat(result.exitCode()).isEqualTo(78);
    assertThat(result.err())
        .contains("runar: " + unpacked + "/image/bin/java is for another system than this one")
        .endsWith(
            "runar: It needs glibc, which Alpine does not have: use an image on Debian, or a JDK of"
                + " this system\n");
  }

  /** What is unpacked has no name of its own: the folder may be any. */
  private Path makeDistribution() throws IOException {
    Path unpacked = Files.createDirectories(folder.resolve("opt/runar 0.1"));
    makeJdk("opt/runar 0.1/image", "25.0.3");
    Files.createFile(unpacked.resolve("runar.jar"));
    Files.createDirectories(unpacked.resolve("bin"));
    writeProgram(unpacked.resolve("bin/runar"), Files.readString(root.resolve("runar")));
    return unpacked;
  }

  private static List<String> afterJar(List<String> arguments) {
    return arguments.subList(arguments.indexOf("-jar") + 2, arguments.size());
  }

  private Path target() {
    return root.resolve("runtime/target");
  }

  private void makeBuilt() throws IOException {
    Files.createDirectories(target().resolve("compiler"));
    Files.createFile(target().resolve("compiler/compiler-25.0.3.jar"));
    Files.createFile(target().resolve("runar.jar"));
  }

  private Path makeJdk(String path, String version) throws IOException {
    Path jdk = Files.createDirectories(folder.resolve(path));
    Files.writeString(
        jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    Files.createDirectories(jdk.resolve("bin"));
    writeProgram(
        jdk.resolve("bin/java"), "#!/bin/sh\nprintf '%s\\n' '" + jdk + "' \"$PWD\" \"$@\"\n");
    return jdk;
  }

  private Path makeJdkOnPath() throws IOException {
    Path jdk = makeJdk("jdk", "25.0.3");
    linkOnPath(jdk);
    return jdk;
  }

  /** As Debian does it: a link to a link. */
  private void linkOnPath(Path jdk) throws IOException {
    Path alternatives = Files.createDirectories(folder.resolve("alternatives"));
    Files.createSymbolicLink(alternatives.resolve("java"), jdk.resolve("bin/java"));
    Files.createSymbolicLink(bin.resolve("java"), alternatives.resolve("java"));
  }

  private void makeMaven(String says) throws IOException {
    writeProgram(
        bin.resolve("mvn"),
        "#!/bin/sh\n" + says + "\nmkdir -p runtime/target\ntouch runtime/target/runar.jar\n");
  }

  private static void writeProgram(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Path systemTool(String name) {
    return List.of("/bin", "/usr/bin").stream()
        .map(place -> Path.of(place, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }

  private static String endedProcess() throws IOException, InterruptedException {
    Process process = new ProcessBuilder("/bin/sh", "-c", ":").start();
    process.waitFor();
    return Long.toString(process.pid());
  }

  private Result launch(String... arguments) throws IOException, InterruptedException {
    return launchAs(root.resolve("runar").toString(), arguments);
  }

  private Result launchAs(String program, String... arguments)
      throws IOException, InterruptedException {
    // Through a shell, so that the program is looked for on the PATH of the test.
    var command = new ProcessBuilder("/bin/sh", "-c", "exec \"$0\" \"$@\"", program);
    command.command().addAll(List.of(arguments));
    command.environment().clear();
    command.environment().putAll(environment);
    command.directory(home.toFile());
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    command.redirectOutput(out.toFile()).redirectError(err.toFile());
    Process process = command.start();
    process.getOutputStream().close();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), Files.readAllLines(out), Files.readString(err));
  }
}

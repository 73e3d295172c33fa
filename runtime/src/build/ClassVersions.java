import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * Gives the classes of a library that was compiled for Java 5 the verification data of Java 8. The
 * AOT cache leaves classes without it out, and picocli's would be read and verified by the old
 * verifier at each start of a command, which took a third of the time of {@code runar --version}.
 * What the classes do is not touched.
 *
 * <p>Usage: {@code ClassVersions.java FOLDER PREFIX}: the jars in the folder whose names begin so.
 */
public final class ClassVersions {
  /** The first version that must have stack maps and that the cache takes is 50; 52 is Java 8. */
  private static final int OLDEST = 50;

  private static final int WANTED = 52;

  private final ClassFile format;

  private ClassVersions(ClassLoader loader) {
    format =
        ClassFile.of(
            StackMapsOption.GENERATE_STACK_MAPS,
            ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(loader)
                    .orElse(ClassHierarchyResolver.defaultResolver())));
  }

  public static void main(String[] arguments) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = file.getFileName().toString();
        if (name.startsWith(arguments[1]) && name.endsWith(".jar")) {
          raise(file);
        }
      }
    }
  }

  /** The jar keeps its time, so that the copying before this step sees it as up to date. */
  private static void raise(Path jar) throws IOException {
    Path raised = jar.resolveSibling(jar.getFileName() + ".new");
    var time = Files.getLastModifiedTime(jar);
    boolean changed = false;
    try (var in = new JarFile(jar.toFile());
        var loader =
            new URLClassLoader(
                new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
        var out = new JarOutputStream(Files.newOutputStream(raised))) {
      var program = new ClassVersions(loader);
      for (JarEntry entry : Collections.list(in.entries())) {
        byte[] bytes = in.getInputStream(entry).readAllBytes();
        if (entry.getName().endsWith(".class")) {
          ClassModel old = program.format.parse(bytes);
          if (old.majorVersion() < OLDEST) {
            bytes = program.raised(old);
            changed = true;
          }
        }
        var copy = new JarEntry(entry.getName());
        copy.setTime(entry.getTime());
        out.putNextEntry(copy);
        out.write(bytes);
        out.closeEntry();
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    if (changed) {
      Files.setLastModifiedTime(raised, time);
      Files.move(raised, jar, StandardCopyOption.REPLACE_EXISTING);
    } else {
      Files.delete(raised);
    }
  }

  /**
   * Method bodies go through one by one, instruction by instruction: copied whole, they keep no
   * map.
   */
  private byte[] raised(ClassModel old) {
    return format.build(
        old.thisClass().asSymbol(),
        made -> {
          for (var element : old) {
            if (element instanceof MethodModel method) {
              made.withMethod(
                  method.methodName(),
                  method.methodType(),
                  method.flags().flagsMask(),
                  body -> {
                    for (var part : method) {
                      if (part instanceof CodeModel code) {
                        body.withCode(code::forEach);
                      } else {
                        body.with(part);
                      }
                    }
                  });
            } else if (!(element instanceof ClassFileVersion)) {
              made.with(element);
            }
          }
          made.withVersion(WANTED, 0);
        });
  }
}

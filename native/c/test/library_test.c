#include "../library.h"
#include "../os.h"
#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A library with two segments, of which the second ends at byte 1000. */
enum { SEGMENTS_AT = 64, SEGMENT = 56, WHOLE = 1000 };

static unsigned char elf[WHOLE];

static void put(size_t at, uint64_t number, int bytes) {
  for (int byte = 0; byte < bytes; byte++)
    elf[at + (size_t)byte] = (unsigned char)(number >> (8 * byte));
}

static void segment(size_t which, uint64_t offset, uint64_t length) {
  size_t at = SEGMENTS_AT + which * SEGMENT;
  put(at, 1, 4);
  put(at + 8, offset, 8);
  put(at + 32, length, 8);
}

static void elf_init(void) {
  memset(elf, 0, sizeof elf);
  memcpy(elf, "\177ELF\2\1", 6);
  put(32, SEGMENTS_AT, 8);
  put(54, SEGMENT, 2);
  put(56, 2, 2);
  segment(0, 0, 500);
  segment(1, 600, 400);
}

static char folder[] = "/tmp/runar-library-XXXXXX";
static char path[sizeof folder + 64];

static const char *in_folder(const char *name) {
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static const char *file(const char *name, const void *bytes, size_t size) {
  FILE *file = fopen(in_folder(name), "wb");
  fwrite(bytes, 1, size, file);
  fclose(file);
  return path;
}

static bool whole(size_t size) {
  char why[200];
  return runar_library_is_whole(file("libjvm.so", elf, size), why, sizeof why);
}

static void aLibraryIsWholeFromItsLastByteOn(void) {
  elf_init();
  CHECK_EQ(whole(WHOLE), true);
  CHECK_EQ(whole(WHOLE - 1), false);
  CHECK_EQ(whole(SEGMENTS_AT + 2 * SEGMENT - 1), false); /* no second segment */
  CHECK_EQ(whole(SEGMENTS_AT), false);
  CHECK_EQ(whole(SEGMENTS_AT - 1), true); /* the loader knows that it is too short */
  CHECK_EQ(whole(0), true);
}

static void numbersThatNoFileHasAreCut(void) {
  elf_init();
  segment(1, UINT64_MAX, 1);
  CHECK_EQ(whole(WHOLE), false);
  segment(1, 1, UINT64_MAX);
  CHECK_EQ(whole(WHOLE), false);
  elf_init();
  put(32, UINT64_MAX - 10, 8);
  CHECK_EQ(whole(WHOLE), false);
  elf_init();
  put(54, 0xffff, 2);
  put(56, 0xffff, 2);
  CHECK_EQ(whole(WHOLE), false);
}

static void anotherKindOfFileIsTheLoaders(void) {
  char why[200];
  CHECK_EQ(runar_library_is_whole(file("text", "text", 4), why, sizeof why), true);
  CHECK_EQ(runar_library_is_whole(in_folder("missing"), why, sizeof why), true);
  CHECK_EQ(runar_library_is_whole(folder, why, sizeof why), false);
  CHECK_EQ(strstr(why, "is not a file") != NULL, true);
}

static void classesAreTwoFoldersUp(void) {
  mkdir(in_folder("lib"), 0700);
  mkdir(in_folder("lib/server"), 0700);
  file("lib/server/libjvm.so", elf, WHOLE);
  CHECK_EQ(runar_library_has_classes(in_folder("lib/server/libjvm.so")), false);
  file("lib/modules", "", 0);
  CHECK_EQ(runar_library_has_classes(in_folder("lib/server/libjvm.so")), true);
  remove(in_folder("lib/modules"));
  mkdir(in_folder("modules"), 0700);
  CHECK_EQ(runar_library_has_classes(in_folder("lib/server/libjvm.so")), true);
  CHECK_EQ(runar_library_has_classes(in_folder("missing")), true);
}

/* As on Windows, bin\server\jvm.dll and lib\modules; the rule is the same everywhere. */
static void classesAreInLibBesideTheFolderOfTheLibrary(void) {
  mkdir(in_folder("jdk"), 0700);
  mkdir(in_folder("jdk/bin"), 0700);
  mkdir(in_folder("jdk/bin/server"), 0700);
  mkdir(in_folder("jdk/lib"), 0700);
  file("jdk/bin/server/jvm.dll", "MZ", 2);
  CHECK_EQ(runar_library_has_classes(in_folder("jdk/bin/server/jvm.dll")), false);
  file("jdk/lib/modules", "", 0);
  CHECK_EQ(runar_library_has_classes(in_folder("jdk/bin/server/jvm.dll")), true);
  remove(in_folder("jdk/lib/modules"));
  mkdir(in_folder("jdk/modules"), 0700);
  CHECK_EQ(runar_library_has_classes(in_folder("jdk/bin/server/jvm.dll")), true);
}

static void clean(void) {
  const char *names[] = {"libjvm.so",
                         "text",
                         "lib/server/libjvm.so",
                         "lib/server",
                         "modules",
                         "lib",
                         "jdk/modules",
                         "jdk/lib",
                         "jdk/bin/server/jvm.dll",
                         "jdk/bin/server",
                         "jdk/bin",
                         "jdk",
                         ""};
  for (size_t at = 0; at < sizeof names / sizeof *names; at++)
    remove(in_folder(names[at]));
}

int main(void) {
  if (mkdtemp(folder) == NULL)
    return EXIT_FAILURE;
  RUN(aLibraryIsWholeFromItsLastByteOn);
  RUN(numbersThatNoFileHasAreCut);
  RUN(anotherKindOfFileIsTheLoaders);
  RUN(classesAreTwoFoldersUp);
  RUN(classesAreInLibBesideTheFolderOfTheLibrary);
  clean();
  return checks_end("library_test");
}

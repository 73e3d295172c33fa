#include "library.h"
#include "os.h"

#include <stdio.h>
#include <string.h>

#define ELF_HEADER 64
#define ELF_SEGMENT 56
#define ELF_LOADED 1

static uint64_t number(const unsigned char *at, int bytes) {
  uint64_t number = 0;
  while (bytes-- > 0)
    number = number << 8 | at[bytes];
  return number;
}

static bool read_at(FILE *file, uint64_t at, unsigned char *into, size_t size) {
  return at <= LONG_MAX && fseek(file, (long)at, SEEK_SET) == 0 &&
         fread(into, 1, size, file) == size;
}

/* A library of Linux that ends before what it says is to be loaded. The loaders of macOS and Windows
** look by themselves; ld.so maps what is not there, and dies when it reads it. */
static bool is_cut(FILE *file, uint64_t size) {
  unsigned char header[ELF_HEADER], segment[ELF_SEGMENT];
  static const unsigned char elf64[] = {0x7f, 'E', 'L', 'F', 2, 1};
  if (!read_at(file, 0, header, sizeof header) || memcmp(header, elf64, sizeof elf64) != 0)
    return false;
  uint64_t first = number(header + 32, 8), each = number(header + 54, 2);
  uint64_t count = number(header + 56, 2);
  for (uint64_t at = 0; at < count; at++) {
    if (first > size || !read_at(file, first + at * each, segment, sizeof segment))
      return true;
    uint64_t offset = number(segment + 8, 8), length = number(segment + 32, 8);
    if (number(segment, 4) == ELF_LOADED && (offset > size || length > size - offset))
      return true;
  }
  return false;
}

bool runar_library_is_whole(const char *path, char *why, size_t size) {
  int64_t length = os_file_size(path);
  if (length == OS_NO_FILE)
    return true;
  if (length == OS_ANOTHER_THING) {
    snprintf(why, size, "the Java machine %s is not a file; name the libjvm of a Java 25", path);
    return false;
  }
  FILE *file = os_file_open(path);
  if (file == NULL)
    return true;
  bool cut = is_cut(file, (uint64_t)length);
  fclose(file);
  if (cut)
    snprintf(why, size,
             "the Java machine %s is not whole: the file ends after %lld bytes; install "
             "Java again",
             path, (long long)length);
  return !cut;
}

/* Without its last name. */
static bool parent(char *path) {
  char *last = strrchr(path, OS_SEPARATOR);
  if (last == NULL)
    return false;
  *last = 0;
  return true;
}

static bool has(const char *folder, const char *name) {
  char path[OS_PATH_BYTES];
  int length = snprintf(path, sizeof path, "%s%c%s", folder, OS_SEPARATOR, name);
  return length > 0 && (size_t)length < sizeof path && os_exists(path);
}

/* In the folder lib of an image, which Windows has beside the folder of the library (bin), the others
** above it; or as folders where the JDK has just been built. */
bool runar_library_has_classes(const char *path) {
  char lib[OS_PATH_BYTES];
  if (!os_real_path(path, lib) || !parent(lib) || !parent(lib))
    return true;
  if (has(lib, "modules"))
    return true;
  return parent(lib) && (has(lib, "lib/modules") || has(lib, "modules"));
}

const char *runar_library_advice(const char *why) {
  if (strstr(why, "musl") != NULL)
    return "; this Java is for musl (Alpine Linux), and this program is not: install a Java for "
           "glibc";
  if (strstr(why, "ld-linux") != NULL)
    return "; this Java is for glibc, and this program is not: install a Java for musl";
  return "";
}

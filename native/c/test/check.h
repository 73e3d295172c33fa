/* What a test in C needs: a check that says what it saw, and a count at the end. */
#ifndef RUNAR_CHECK_H
#define RUNAR_CHECK_H

#include <stdio.h>
#include <stdlib.h>

static int checks_failed;
static int tests_run;

#define CHECK_EQ(seen, expected)                                                                   \
  do {                                                                                             \
    long long seen_ = (long long)(seen), expected_ = (long long)(expected);                        \
    if (seen_ != expected_) {                                                                      \
      checks_failed++;                                                                             \
      fprintf(stderr, "%s:%d: %s is %lld, expected %lld\n", __FILE__, __LINE__, #seen, seen_,      \
              expected_);                                                                          \
    }                                                                                              \
  } while (0)

#define CHECK_BYTES(seen, size, expected)                                                          \
  do {                                                                                             \
    if ((size) != strlen(expected) || memcmp(seen, expected, size) != 0) {                         \
      checks_failed++;                                                                             \
      fprintf(stderr, "%s:%d: \"%.*s\", expected \"%s\"\n", __FILE__, __LINE__, (int)(size),       \
              (const char *)(seen), expected);                                                     \
    }                                                                                              \
  } while (0)

#define RUN(test)                                                                                  \
  do {                                                                                             \
    tests_run++;                                                                                   \
    test();                                                                                        \
  } while (0)

static int checks_end(const char *what) {
  printf("%s: %d tests, %d failed checks\n", what, tests_run, checks_failed);
  return checks_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif

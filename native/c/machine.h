/* How the Java machine is made: its library, its options, what it says meanwhile. Knows no links
** and no loops. On the pump alone, but for the hooks. */
#ifndef RUNAR_MACHINE_H
#define RUNAR_MACHINE_H

#include "runar_native.h"

#include <jni.h>

#include <stdbool.h>

/* What a machine is made of. Compared as a whole when somebody boots again. */
typedef struct runar_boot {
  char *libjvm;
  char *main_class; /* with slashes */
  char **options;
  size_t option_count;
} runar_boot;

void runar_boot_free(runar_boot *boot);
bool runar_boot_same(const runar_boot *one, const runar_boot *other);

/* What follows `start` in the last option that starts so, or `otherwise`. */
const char *runar_boot_option(const runar_boot *boot, const char *start, const char *otherwise);

/* What the machine calls when it ends: with its exit code, or because it cannot go on. */
typedef struct runar_hooks {
  void(JNICALL *exits)(jint code);
  void(JNICALL *aborts)(void);
} runar_hooks;

typedef struct runar_failure {
  const char *code;
  bool again; /* another boot may be tried */
  char message[RUNAR_MESSAGE_BYTES];
} runar_failure;

/* Opens the library and makes the machine; this thread is then one of Java. False: why not. */
bool runar_machine_make(const runar_boot *boot, const runar_hooks *hooks, JNIEnv **env,
                        runar_failure *failure);

/* From the hook `aborts`, on any thread. True: the machine was being made, and why that failed. */
bool runar_machine_aborted(const runar_boot *boot, runar_failure *failure);

#endif

#include "machine.h"
#include "os.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OWN_OPTIONS 4

typedef jint(JNICALL *create_fn)(JavaVM **, void **, void *);
typedef jint(JNICALL *created_fn)(JavaVM **, jsize, jsize *);

/* What the machine prints while it is being made. */
static struct {
  os_mutex lock;
  /* Read without the lock too: a machine that crashes prints from a thread that may hold it. */
  atomic_bool hears;
  size_t length;
  char text[RUNAR_MESSAGE_BYTES];
} said = {.lock = OS_MUTEX_INIT};

void runar_boot_free(runar_boot *boot) {
  if (boot == NULL)
    return;
  for (size_t at = 0; at < boot->option_count; at++)
    free(boot->options[at]);
  free(boot->options);
  free(boot->libjvm);
  free(boot->main_class);
  free(boot);
}

bool runar_boot_same(const runar_boot *one, const runar_boot *other) {
  if (strcmp(one->libjvm, other->libjvm) != 0 || strcmp(one->main_class, other->main_class) != 0 ||
      one->option_count != other->option_count)
    return false;
  for (size_t at = 0; at < one->option_count; at++)
    if (strcmp(one->options[at], other->options[at]) != 0)
      return false;
  return true;
}

static bool fails(runar_failure *failure, const char *code, bool again, const char *message) {
  failure->code = code;
  failure->again = again;
  snprintf(failure->message, sizeof failure->message, "%s", message);
  return false;
}

/* ---- what it says ---- */

/* What the machine prints while it starts belongs into the error, if there is one. All else goes to
** standard error: standard output is the program's, and `stream` is of the machine's own libc,
** which on Windows is another one. */
static jint JNICALL on_print(FILE *stream, const char *format, va_list arguments) {
  (void)stream;
  if (!said.hears)
    return vfprintf(stderr, format, arguments);
  os_lock(&said.lock);
  int length = -1;
  if (said.hears) {
    size_t room = sizeof said.text - said.length;
    va_list copy;
    va_copy(copy, arguments);
    length = vsnprintf(said.text + said.length, room, format, copy);
    va_end(copy);
    if (length >= 0)
      said.length += (size_t)length < room ? (size_t)length : room - 1;
  }
  os_unlock(&said.lock);
  return length >= 0 ? length : vfprintf(stderr, format, arguments);
}

/* Whether it was heard until now. */
static bool stop_hearing(void) {
  os_lock(&said.lock);
  bool heard = said.hears;
  said.hears = false;
  os_unlock(&said.lock);
  return heard;
}

static bool not_made(runar_failure *failure, jint made) {
  if (said.length > 0)
    return fails(failure, "ERR_JVM_CREATE", false, said.text);
  return fails(failure, "ERR_JVM_CREATE", false,
               made == JNI_EVERSION
                   ? "the Java machine is older than Java 10"
                   : "the Java machine did not start; if it said why, it did on standard output");
}

bool runar_machine_aborted(runar_failure *failure) {
  if (!said.hears || !stop_hearing())
    return false;
  not_made(failure, JNI_ERR);
  return true;
}

/* ---- how it is made ---- */

static JavaVMOption *options_of(const runar_boot *boot, const runar_hooks *hooks) {
  static char reduced[] = "-Xrs", exits[] = "exit", aborts[] = "abort", prints[] = "vfprintf";
  JavaVMOption *options = calloc(boot->option_count + OWN_OPTIONS, sizeof *options);
  if (options == NULL)
    return NULL;
  options[0] = (JavaVMOption){reduced, NULL};
  options[1] = (JavaVMOption){exits, (void *)hooks->exits};
  options[2] = (JavaVMOption){aborts, (void *)hooks->aborts};
  options[3] = (JavaVMOption){prints, (void *)on_print};
  for (size_t at = 0; at < boot->option_count; at++)
    options[OWN_OPTIONS + at].optionString = boot->options[at];
  return options;
}

/* A machine that cannot start ends its process unless its hook `aborts` stays. */
static bool create_machine(const runar_boot *boot, const runar_hooks *hooks, create_fn create,
                           JNIEnv **env, runar_failure *failure) {
  JavaVMOption *options = options_of(boot, hooks);
  if (options == NULL)
    return fails(failure, "ERR_JVM_CREATE", true, "no memory");
  JavaVM *machine = NULL;
  JavaVMInitArgs arguments = {JNI_VERSION_10, (jint)(boot->option_count + OWN_OPTIONS), options,
                              JNI_FALSE};
  said.hears = true;
  jint made = create(&machine, (void **)env, &arguments);
  stop_hearing();
  free(options);
  if (made != JNI_OK)
    return not_made(failure, made);
  if (said.length > 0)
    fputs(said.text, stderr);
  return true;
}

bool runar_machine_make(const runar_boot *boot, const runar_hooks *hooks, JNIEnv **env,
                        runar_failure *failure) {
  char why[RUNAR_MESSAGE_BYTES];
  void *library = os_library_open(boot->libjvm, why, sizeof why);
  if (library == NULL)
    return fails(failure, "ERR_JVM_LOAD", true, why);
  create_fn create = (create_fn)os_library_symbol(library, "JNI_CreateJavaVM");
  created_fn created = (created_fn)os_library_symbol(library, "JNI_GetCreatedJavaVMs");
  if (create == NULL || created == NULL) {
    snprintf(why, sizeof why, "%s is no Java machine: it lacks JNI_CreateJavaVM", boot->libjvm);
    return fails(failure, "ERR_JVM_LOAD", true, why);
  }
  JavaVM *machine = NULL;
  jsize others = 0;
  if (created(&machine, 1, &others) != JNI_OK || others > 0)
    return fails(failure, "ERR_JVM_TAKEN", false,
                 "another addon, or a second copy of this one, has a Java machine in this process");
  return create_machine(boot, hooks, create, env, failure);
}

#include "machine.h"
#include "library.h"
#include "os.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OWN_OPTIONS 4
#define TAKEN                                                                                      \
  "there is a Java machine in this process that this addon has not made: it is another addon's, "  \
  "or one of a second copy of this addon; a process can have one, so install and load one copy"

typedef jint(JNICALL *create_fn)(JavaVM **, void **, void *);
typedef jint(JNICALL *created_fn)(JavaVM **, jsize, jsize *);

/* Half of a message, so that the other half can say what it is about. */
#define SAID_BYTES (RUNAR_MESSAGE_BYTES / 2)

/* What the machine prints while it is being made, from its last lines. */
static struct {
  os_mutex lock;
  /* Read without the lock too: a machine that crashes prints from a thread that may hold it. */
  atomic_bool hears;
  size_t length;
  char text[SAID_BYTES];
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

const char *runar_boot_option(const runar_boot *boot, const char *start, const char *otherwise) {
  for (size_t at = boot->option_count; at > 0; at--)
    if (strncmp(boot->options[at - 1], start, strlen(start)) == 0)
      return boot->options[at - 1] + strlen(start);
  return otherwise;
}

__attribute__((format(printf, 4, 5))) static bool fails(runar_failure *failure, const char *code,
                                                        bool again, const char *format, ...) {
  va_list arguments;
  failure->code = code;
  failure->again = again;
  va_start(arguments, format);
  vsnprintf(failure->message, sizeof failure->message, format, arguments);
  va_end(arguments);
  return false;
}

/* ---- what it says ---- */

/* Appends to `said`, and prints what was there first if it does not fit: an error comes last. With
** the lock. False: it does not fit at all. */
static bool keep(const char *format, va_list arguments, int *length) {
  for (;;) {
    size_t room = sizeof said.text - said.length;
    va_list copy;
    va_copy(copy, arguments);
    *length = vsnprintf(said.text + said.length, room, format, copy);
    va_end(copy);
    if (*length >= 0 && (size_t)*length < room) {
      said.length += (size_t)*length;
      return true;
    }
    said.text[said.length] = 0;
    if (said.length == 0)
      return false;
    fputs(said.text, stderr);
    said.length = 0;
  }
}

/* A log file of the machine is its own. What it prints on a standard stream while it starts belongs
** into the error, if there is one; all later goes to standard error: standard output is the
** program's. */
static jint JNICALL on_print(FILE *stream, const char *format, va_list arguments) {
  if (!os_is_standard(stream))
    return os_print_to(stream, format, arguments);
  if (!said.hears)
    return vfprintf(stderr, format, arguments);
  os_lock(&said.lock);
  int length = 0;
  bool kept = said.hears && keep(format, arguments, &length);
  os_unlock(&said.lock);
  return kept ? length : vfprintf(stderr, format, arguments);
}

/* Whether it was heard until now. */
static bool stop_hearing(void) {
  os_lock(&said.lock);
  bool heard = said.hears;
  said.hears = false;
  os_unlock(&said.lock);
  return heard;
}

/* What was said, without the ends of its lines before and after. */
static const char *said_why(void) {
  const char *why = said.text;
  while (*why == '\n')
    why++;
  while (said.length > 0 && said.text[said.length - 1] == '\n')
    said.text[--said.length] = 0;
  return why;
}

static bool not_made(const runar_boot *boot, jint made, runar_failure *failure) {
  if (made == JNI_EEXIST)
    return fails(failure, "ERR_JVM_TAKEN", false, TAKEN);
  const char *why = "if it said why, it did on standard output or standard error";
  if (said.length > 0)
    why = said_why();
  else if (made == JNI_EVERSION)
    why = "it is older than Java 10; Runar needs Java 25";
  return fails(failure, "ERR_JVM_CREATE", false, "the Java machine %s did not start: %s",
               boot->libjvm, why);
}

bool runar_machine_aborted(const runar_boot *boot, runar_failure *failure) {
  if (!said.hears || !stop_hearing())
    return false;
  not_made(boot, JNI_ERR, failure);
  return true;
}

/* ---- how it is made ---- */

/* The addon's own are first, since what an option does wrong is said while they are read, and last,
** since the machine takes the last of each: a hook is an option with a name like any other. */
static JavaVMOption *options_of(const runar_boot *boot, const runar_hooks *hooks) {
  static char reduced[] = "-Xrs", exits[] = "exit", aborts[] = "abort", prints[] = "vfprintf";
  const JavaVMOption own[OWN_OPTIONS] = {{reduced, NULL},
                                         {exits, (void *)hooks->exits},
                                         {aborts, (void *)hooks->aborts},
                                         {prints, (void *)on_print}};
  JavaVMOption *options = calloc(boot->option_count + 2 * OWN_OPTIONS, sizeof *options);
  if (options == NULL)
    return NULL;
  JavaVMOption *theirs = options + OWN_OPTIONS;
  memcpy(options, own, sizeof own);
  for (size_t at = 0; at < boot->option_count; at++)
    theirs[at].optionString = boot->options[at];
  memcpy(theirs + boot->option_count, own, sizeof own);
  return options;
}

/* A machine that cannot start ends its process unless its hook `aborts` stays. */
static bool create_machine(const runar_boot *boot, const runar_hooks *hooks, create_fn create,
                           JNIEnv **env, runar_failure *failure) {
  JavaVMOption *options = options_of(boot, hooks);
  if (options == NULL)
    return fails(failure, "ERR_JVM_CREATE", true, "no memory");
  JavaVM *machine = NULL;
  JavaVMInitArgs arguments = {JNI_VERSION_10, (jint)(boot->option_count + 2 * OWN_OPTIONS), options,
                              JNI_FALSE};
  said.hears = true;
  jint made = create(&machine, (void **)env, &arguments);
  stop_hearing();
  free(options);
  if (made != JNI_OK)
    return not_made(boot, made, failure);
  if (said.length > 0)
    fputs(said.text, stderr);
  return true;
}

static bool not_loaded(const runar_boot *boot, const char *why, runar_failure *failure) {
  const char *path = boot->libjvm, *between = ": ";
  if (strstr(why, path) != NULL) {
    path = "";
    between = "";
  }
  return fails(failure, "ERR_JVM_LOAD", true, "the Java machine could not be loaded: %s%s%s%s",
               path, between, why, runar_library_advice(why));
}

bool runar_machine_make(const runar_boot *boot, const runar_hooks *hooks, JNIEnv **env,
                        runar_failure *failure) {
  char why[RUNAR_MESSAGE_BYTES / 2];
  if (!runar_library_is_whole(boot->libjvm, why, sizeof why))
    return fails(failure, "ERR_JVM_LOAD", true, "%s", why);
  void *library = os_library_open(boot->libjvm, why, sizeof why);
  if (library == NULL)
    return not_loaded(boot, why, failure);
  create_fn create = (create_fn)os_library_symbol(library, "JNI_CreateJavaVM");
  created_fn created = (created_fn)os_library_symbol(library, "JNI_GetCreatedJavaVMs");
  bool is_machine = create != NULL && created != NULL;
  if (!is_machine || !runar_library_has_classes(boot->libjvm)) {
    os_library_close(library); /* or it would be the first, and the next boot's a second one */
    return fails(failure, "ERR_JVM_LOAD", true,
                 is_machine
                     ? "the Java machine %s has no file modules above its folder, where its "
                       "own classes are; install Java again"
                     : "%s is no Java machine: it lacks JNI_CreateJavaVM; name the libjvm of "
                       "a Java 25",
                 boot->libjvm);
  }
  /* Of two libraries the second would get its own parts linked to the first, and crash. */
  JavaVM *machine = NULL;
  jsize others = 0;
  if (!os_library_is_first((const void *)create) || created(&machine, 1, &others) != JNI_OK ||
      others > 0)
    return fails(failure, "ERR_JVM_TAKEN", false, TAKEN);
  return create_machine(boot, hooks, create, env, failure);
}

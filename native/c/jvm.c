#include "jvm.h"
#include "host.h"
#include "os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The exit code where libc's exit runs without a shutdown() and Java does not end: nobody can say
** here which code the program has. */
#define STUCK_EXIT_CODE 70

typedef enum {
  NONE,     /* may boot */
  STARTING, /* the pump thread makes the machine */
  RUNNING,  /* run() was called */
  FAILED,   /* there is no machine, or one without a main class, and never will be */
  FROZEN    /* the machine has stopped for ever */
} jvm_state;

static os_once once = OS_ONCE_INIT;

/* Everything that is one per process. `lock` guards it all but `links`, which is set once. No JNI
** call is made with it held. */
static struct {
  os_mutex lock;
  os_cond changed;
  runar_links *links;
  jvm_state state;
  bool machine; /* JNI_CreateJavaVM has succeeded */
  bool stop;    /* shutdown() was called */
  int stop_code;
  runar_boot *boot;
  runar_waiter *waiters;
  size_t waiter_count;
  const char *failed_code;
  char failed_message[RUNAR_MESSAGE_BYTES];
  struct os_start pump;
} jvm = {.lock = OS_MUTEX_INIT};

static void prepare(void) {
  os_cond_init(&jvm.changed);
  jvm.links = runar_links_create();
}

bool runar_jvm_prepare(void) {
  os_run_once(&once, prepare);
  return jvm.links != NULL;
}

runar_links *runar_jvm_links(void) {
  return jvm.links;
}

/* ---- answers to those who wait for the boot; with the lock ---- */

static void answer(runar_waiter *waiter, const char *code, const char *message) {
  waiter->code = code;
  snprintf(waiter->message, sizeof waiter->message, "%s", message);
}

static void answer_all(const char *code, const char *message) {
  while (jvm.waiters != NULL) {
    runar_waiter *waiter = jvm.waiters;
    jvm.waiters = waiter->next;
    jvm.waiter_count--;
    answer(waiter, code, message);
    waiter->done(waiter);
  }
}

static void settle(jvm_state state, const char *code, const char *message) {
  jvm.state = state;
  jvm.failed_code = code;
  snprintf(jvm.failed_message, sizeof jvm.failed_message, "%s", message);
  answer_all(code, jvm.failed_message);
  os_wake_all(&jvm.changed);
}

static void fail(jvm_state state, const char *code, const char *message) {
  os_lock(&jvm.lock);
  settle(state, code, message);
  os_unlock(&jvm.lock);
}

/* ---- hooks of the machine ---- */

/* A thread of the machine that must neither return nor end. */
static void park(void) {
  os_lock(&jvm.lock);
  for (;;)
    os_wait(&jvm.changed, &jvm.lock);
}

/* A machine that cannot start ends its process unless this hook stays. A machine that crashes later
** calls it too, and is let go. */
static void JNICALL on_abort(void) {
  runar_failure failure;
  if (!runar_machine_aborted(jvm.boot, &failure))
    return;
  fail(FAILED, failure.code, failure.message);
  park();
}

/* Ends a process in which one of the two machines does not let the other one end. */
static void give_up(int code, int64_t ms) {
  fprintf(stderr, "runar_native: the process ends without waiting any longer than %lld ms\n",
          (long long)ms);
  os_exit_now(code);
}

/* On the machine's own thread, when every Java thread stands still or is outside of Java (T9). To
** return from here would run libc's exit on this thread (T10). */
static void JNICALL on_exit_machine(jint code) {
  os_lock(&jvm.lock);
  bool ours = jvm.stop;
  settle(FROZEN, "ERR_JVM_DEAD", "the Java machine has exited while it was made");
  os_unlock(&jvm.lock);
  if (!ours) {
    runar_links_end(jvm.links, RUNAR_EXITED, code, "");
    int64_t until = os_now_ms() + RUNAR_EXIT_MS;
    os_lock(&jvm.lock);
    while (!jvm.stop && os_now_ms() < until)
      os_wait_until(&jvm.changed, &jvm.lock, until);
    ours = jvm.stop;
    os_unlock(&jvm.lock);
  }
  if (!ours)
    give_up(code, RUNAR_EXIT_MS);
  park();
}

static void on_libc_exit(void) {
  runar_jvm_shutdown(STUCK_EXIT_CODE, RUNAR_STOP_MS);
}

/* ---- the pump thread ---- */

/* False: everybody was told why there is no machine. */
static bool make_machine(JNIEnv **env) {
  static const runar_hooks hooks = {on_exit_machine, on_abort};
  runar_failure failure;
  if (!runar_machine_make(jvm.boot, &hooks, env, &failure)) {
    fail(failure.again ? NONE : FAILED, failure.code, failure.message);
    return false;
  }
  os_lock(&jvm.lock);
  jvm.machine = true;
  os_unlock(&jvm.lock);
  /* After the machine's own handlers, so that it runs before them. */
  os_at_exit(on_libc_exit);
  return true;
}

/* Calls run(), which returns at the end of the process alone, and tells every link if it does not.
 */
static void pump(JNIEnv *env, jclass main_class, jmethodID run) {
  os_lock(&jvm.lock);
  settle(RUNNING, NULL, "");
  os_unlock(&jvm.lock);
  (*env)->CallStaticVoidMethod(env, main_class, run);
  char text[RUNAR_MESSAGE_BYTES];
  runar_describe_exception(env, "the pump has returned", text, sizeof text);
  runar_host_death(text, sizeof text);
  os_lock(&jvm.lock);
  bool asked = jvm.stop;
  os_unlock(&jvm.lock);
  if (!asked)
    runar_links_end(jvm.links, RUNAR_PUMP_DIED, 0, text);
}

/* The end of the process: Java's hooks run here, and the machine stops in on_exit_machine. */
static void exit_when_asked(JNIEnv *env, jclass system, jmethodID exits) {
  os_lock(&jvm.lock);
  while (!jvm.stop)
    os_wait(&jvm.changed, &jvm.lock);
  int code = jvm.stop_code;
  os_unlock(&jvm.lock);
  (*env)->CallStaticVoidMethod(env, system, exits, (jint)code);
  park();
}

/* What Java threw when its classes were to be used, and where they should have come from. */
static void not_entered(JNIEnv *env, char *text, size_t size) {
  char thrown[RUNAR_MESSAGE_BYTES / 2];
  runar_describe_exception(env, "the natives of HostLink could not be registered", thrown,
                           sizeof thrown);
  if (strstr(thrown, "UnsupportedClassVersionError") != NULL)
    snprintf(text, size, "%s; the Java machine is %s: boot that of a Java 25 or newer", thrown,
             jvm.boot->libjvm);
  else
    snprintf(text, size, "%s; the class path is %s: if it is right, install Runar again", thrown,
             runar_boot_option(jvm.boot, "-Djava.class.path=", "empty"));
}

static void run_pump(void *unused) {
  (void)unused;
  JNIEnv *env = NULL;
  if (!make_machine(&env))
    return;
  jclass system = (*env)->FindClass(env, "java/lang/System");
  jmethodID exits = system == NULL ? NULL : (*env)->GetStaticMethodID(env, system, "exit", "(I)V");
  bool registered = exits != NULL && runar_host_register(env);
  jclass main_class = registered ? (*env)->FindClass(env, jvm.boot->main_class) : NULL;
  jmethodID run =
      main_class == NULL ? NULL : (*env)->GetStaticMethodID(env, main_class, "run", "()V");
  if (run != NULL) {
    pump(env, main_class, run);
  } else {
    char text[RUNAR_MESSAGE_BYTES];
    not_entered(env, text, sizeof text);
    fail(FAILED, "ERR_JVM_MAIN", text);
    runar_links_end(jvm.links, RUNAR_PUMP_DIED, 0, text);
  }
  if (exits != NULL)
    exit_when_asked(env, system, exits);
  park();
}

/* ---- what the addon calls ---- */

/* With the lock; true: the waiter was listed. */
static bool wait_for_boot(runar_waiter *waiter) {
  if (jvm.waiter_count == RUNAR_MAX_BOOTS) {
    answer(waiter, "ERR_LIMIT", "too many boots are pending");
    return false;
  }
  waiter->next = jvm.waiters;
  jvm.waiters = waiter;
  jvm.waiter_count++;
  return true;
}

static bool begin(runar_boot *boot, runar_waiter *waiter) {
  runar_boot_free(jvm.boot);
  jvm.boot = boot;
  jvm.state = STARTING;
  wait_for_boot(waiter);
  jvm.pump = (struct os_start){run_pump, NULL};
  if (os_thread_start(RUNAR_PUMP_STACK, &jvm.pump))
    return true;
  jvm.waiters = NULL;
  jvm.waiter_count = 0;
  jvm.state = NONE;
  answer(waiter, "ERR_JVM_CREATE", "no thread could be started for the Java machine");
  return false;
}

static bool boot_again(const runar_boot *boot, runar_waiter *waiter) {
  runar_ending ending;
  runar_links_ending(jvm.links, &ending);
  if (jvm.state == FAILED) {
    answer(waiter, jvm.failed_code, jvm.failed_message);
    return false;
  }
  if (!runar_boot_same(jvm.boot, boot)) {
    answer(waiter, "ERR_JVM_OPTIONS",
           "the Java machine of this process was made with another library, other options or "
           "another main class; there is one machine in a process, so boot it once with all of "
           "them");
    return false;
  }
  if (jvm.state == FROZEN || jvm.stop || ending.how != RUNAR_ALIVE) {
    answer(waiter, "ERR_JVM_DEAD",
           ending.how == RUNAR_PUMP_DIED ? ending.text
                                         : "the Java machine of this process has come to its end");
    return false;
  }
  if (jvm.state == STARTING)
    return wait_for_boot(waiter);
  answer(waiter, NULL, "");
  return false;
}

bool runar_jvm_boot(runar_boot *boot, runar_waiter *waiter) {
  os_lock(&jvm.lock);
  bool fresh = jvm.state == NONE && !jvm.stop;
  bool pending = false;
  if (fresh)
    pending = begin(boot, waiter);
  else if (jvm.state == NONE)
    answer(waiter, "ERR_JVM_DEAD", "this process ends");
  else
    pending = boot_again(boot, waiter);
  os_unlock(&jvm.lock);
  if (!fresh)
    runar_boot_free(boot);
  return pending;
}

void runar_jvm_forget(runar_waiter *waiter) {
  os_lock(&jvm.lock);
  for (runar_waiter **at = &jvm.waiters; *at != NULL; at = &(*at)->next) {
    if (*at == waiter) {
      *at = waiter->next;
      jvm.waiter_count--;
      break;
    }
  }
  os_unlock(&jvm.lock);
}

uint64_t runar_jvm_shutdown(int code, int64_t ms) {
  os_lock(&jvm.lock);
  if (!jvm.stop) {
    jvm.stop = true;
    jvm.stop_code = code;
  }
  os_wake_all(&jvm.changed);
  os_unlock(&jvm.lock);
  runar_links_end(jvm.links, RUNAR_STOPPED, code, "");
  runar_links_stop(jvm.links);
  int64_t until = os_now_ms() + ms;
  os_lock(&jvm.lock);
  while ((jvm.state == STARTING || (jvm.machine && jvm.state != FROZEN)) && os_now_ms() < until)
    os_wait_until(&jvm.changed, &jvm.lock, until);
  bool stuck = jvm.state == STARTING || (jvm.machine && jvm.state != FROZEN);
  os_unlock(&jvm.lock);
  if (stuck)
    give_up(code, ms);
  /* Counted now, when nobody takes any more. */
  return runar_links_waiting(jvm.links);
}
